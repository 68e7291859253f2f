import { byteLength, noExtras, type Body, type Extras, type Job, type StoredBody } from '@millrace/core'
import { longTextBytes, mapBodies } from './bodies.ts'
import type { ByteWriter } from './byte-writer.ts'
import { textOf } from './data-text.ts'
import {
  apart,
  extrasBit,
  frameVersion,
  isDouble,
  kindBit,
  numberBits,
  ownerBit,
  payloadBit,
  record,
} from './frame-format.ts'
import type { JobTable } from './job-table.ts'
import type { SetApart } from './journal.ts'
import { place } from './row-layout.ts'

/** A long text of a row, and where in its frame it begins. */
export interface LongText {
  readonly seq: number
  /** As the row has it now: a string, or a reference to an earlier place. */
  readonly body: Body
  readonly offset: number
  readonly bytes: number
}

/** A long text of a row that does not stand in the frame. */
export interface TextApart {
  readonly seq: number
  readonly body: string
  readonly stored: StoredBody
}

/** Where long texts come from and go to; by default they stand in frames, and references to others stay references. */
export interface LongTexts {
  /** Bodies that stand elsewhere are written out. */
  readonly read?: ((body: StoredBody) => string) | undefined
  /** Long texts go elsewhere. */
  readonly setApart?: SetApart | undefined
}

/** Writes the records of one frame. */
export class FrameEncoder {
  readonly #jobs: JobTable
  readonly #writer: ByteWriter
  readonly #start: number
  readonly #read: ((body: StoredBody) => string) | undefined
  readonly #setApart: SetApart | undefined
  /** The numbers that kinds and owners have in this frame. */
  readonly #kinds = new Map<number, number>()
  readonly #owners = new Map<number, number>([[0, 0]])
  readonly longTexts: LongText[] = []
  readonly apart: TextApart[] = []

  constructor(jobs: JobTable, writer: ByteWriter, { read, setApart }: LongTexts = {}) {
    this.#jobs = jobs
    this.#writer = writer
    this.#start = writer.position
    this.#read = read
    this.#setApart = setApart
    writer.u8(frameVersion)
  }

  /** Bytes so far. */
  get length(): number {
    return this.#writer.position - this.#start
  }

  insert(slot: number): void {
    const { rows } = this.#jobs
    const hasExtras = rows.extras(slot) !== noExtras
    const mask = rows.changes(slot) | kindBit | (hasExtras ? extrasBit : 0)
    this.#introduce(slot, mask)
    this.#writer.u8(record.insert)
    this.#writer.text(rows.id(slot)!)
    this.#writer.varint(rows.seq(slot))
    this.#writer.varint(mask)
    this.#numbers(slot, mask)
    if (hasExtras) this.#extras(slot, rows.extras(slot))
    this.#payload(slot, rows.payload(slot))
  }

  /** `before` is the job as it was. */
  update(slot: number, before: Job): void {
    const { rows, staged } = this.#jobs
    const hasExtras = rows.extras(slot) !== before.extras
    const hasPayload = !rows.isPayload(slot, before.payload)
    this.#jobs.stage(before)
    const mask = rows.changes(slot, staged) | (hasExtras ? extrasBit : 0) | (hasPayload ? payloadBit : 0)
    if (mask === 0) return
    this.#introduce(slot, mask)
    this.#writer.u8(record.update)
    this.#writer.varint(rows.seq(slot))
    this.#writer.varint(mask)
    this.#numbers(slot, mask)
    if (hasExtras) this.#extras(slot, rows.extras(slot))
    if (hasPayload) this.#payload(slot, rows.payload(slot))
  }

  remove(seq: number): void {
    this.#writer.u8(record.remove)
    this.#writer.varint(seq)
  }

  seq(next: number): void {
    this.#writer.u8(record.seq)
    this.#writer.varint(next)
  }

  data(type: number, value: object): void {
    this.text(type, textOf(value))
  }

  text(type: number, text: string): void {
    this.#writer.u8(type)
    this.#writer.text(text)
  }

  #numbers(slot: number, mask: number): void {
    const writer = this.#writer
    for (let rest = mask & numberBits; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest)
      const value = this.#jobs.rows.number(slot, at)
      if (isDouble(at)) writer.f64(value)
      else if (at === place.standing) writer.varint(((value << 1) ^ (value >> 31)) >>> 0)
      else if (at === place.kind) writer.varint(this.#kinds.get(value)!)
      else if (at === place.owner) writer.varint(this.#owners.get(value)!)
      else writer.varint(value)
    }
  }

  /** A frame explains itself: kinds and owners are told before the first row that has them. */
  #introduce(slot: number, mask: number): void {
    const { rows, indexes } = this.#jobs
    const kind = rows.kind(slot)
    if ((mask & kindBit) !== 0 && !this.#kinds.has(kind)) {
      this.#kinds.set(kind, this.#kinds.size)
      this.text(record.kind, indexes.kinds.list[kind]!.text)
    }
    const owner = (mask & ownerBit) === 0 ? 0 : rows.number(slot, place.owner)
    if (this.#owners.has(owner)) return
    this.#owners.set(owner, this.#owners.size)
    this.text(record.owner, indexes.owners.list[owner]!)
  }

  #payload(slot: number, whole: Body): void {
    const payload = this.#toKeep(slot, whole)
    if (typeof payload !== 'string' && this.#read === undefined) {
      this.#writer.u8(1)
      this.#writer.varint(payload.segment)
      this.#writer.varint(payload.offset)
      this.#writer.varint(payload.bytes)
      return
    }
    this.#writer.u8(0)
    this.#longText(slot, payload)
  }

  #extras(slot: number, extras: Extras): void {
    const bodies: Body[] = []
    const lean = mapBodies(extras, (whole) => {
      const body = this.#toKeep(slot, whole)
      // A third, because that many characters may be a long text's bytes.
      if (typeof body === 'string' ? body.length * 3 <= longTextBytes : this.#read === undefined) return body
      return { segment: apart, offset: bodies.push(body) - 1, bytes: 0 }
    })
    this.#writer.text(textOf(lean))
    this.#writer.varint(bodies.length)
    for (const body of bodies) this.#longText(slot, body)
  }

  /** The text, or the reference to where it is kept from now on. */
  #toKeep(slot: number, body: Body): Body {
    if (this.#setApart === undefined || typeof body !== 'string' || body.length * 3 <= longTextBytes)
      return body
    const bytes = byteLength(body)
    if (bytes <= longTextBytes) return body
    const stored = this.#setApart(body, bytes)
    this.apart.push({ seq: this.#jobs.rows.seq(slot), body, stored })
    return stored
  }

  #longText(slot: number, body: Body): void {
    const at = this.#writer.text(typeof body === 'string' ? body : this.#read!(body))
    const bytes = this.#writer.position - at
    if (bytes > longTextBytes)
      this.longTexts.push({ seq: this.#jobs.rows.seq(slot), body, offset: at - this.#start, bytes })
  }
}
