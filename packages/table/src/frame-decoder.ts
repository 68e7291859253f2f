import { noExtras, states, type Body, type Extras } from '@millrace/core'
import { areAscii } from './ascii.ts'
import { bodyAt, longTextBytes, mapBodies } from './bodies.ts'
import { ByteReader, corrupt } from './byte-reader.ts'
import { dataOf } from './data-text.ts'
import {
  apart,
  extrasBit,
  frameVersion,
  isDouble,
  kindBit,
  numberBits,
  payloadBit,
  record,
} from './frame-format.ts'
import type { JobTable } from './job-table.ts'
import type { Place } from './journal.ts'
import { JobNumbers } from './job-numbers.ts'
import type { TextSpan } from './packed-rows.ts'
import { mostCount, place } from './row-layout.ts'
import { extrasOf, keyOf, kindOf, queueOf, referenceOf, scheduleOf } from './stored-data.ts'
import { keyName, type TableRecords } from './table-records.ts'

/** Reads the records of one frame into the table. A record that is damaged throws `STORE_CORRUPT` and changes nothing. */
export class FrameDecoder {
  readonly #frame: Uint8Array
  readonly #reader: ByteReader
  readonly #place: Place | undefined
  readonly #jobs: JobTable
  readonly #records: TableRecords
  /** The table's numbers of the kinds and owners that this frame names. */
  readonly #kinds: number[] = []
  readonly #owners: number[] = [0]
  #keepsTexts = false
  /** What a record says of a job, before the table sees any of it. */
  readonly #numbers: JobNumbers

  constructor(frame: Uint8Array, at: Place | undefined, jobs: JobTable, records: TableRecords) {
    this.#frame = frame
    this.#reader = new ByteReader(frame)
    this.#place = at
    this.#jobs = jobs
    this.#records = records
    this.#numbers = new JobNumbers(jobs.indexes)
  }

  /** True if long texts stay in the frame. */
  apply(): boolean {
    const version = this.#reader.u8()
    if (version !== frameVersion) throw corrupt(`version ${version} is unknown`)
    while (!this.#reader.atEnd) this.#record(this.#reader.u8())
    return this.#keepsTexts
  }

  #record(type: number): void {
    switch (type) {
      case record.kind:
        this.#kinds.push(
          this.#jobs.indexes.kinds.internText(this.#reader.text(), (text) => kindOf(dataOf(text))),
        )
        return
      case record.owner:
        this.#owners.push(this.#jobs.indexes.owners.intern(this.#reader.text()))
        return
      case record.insert:
        this.#insert()
        return
      case record.update:
        this.#update()
        return
      case record.remove:
        this.#remove()
        return
      default:
        this.#other(type)
    }
  }

  #other(type: number): void {
    const { queues, keys, schedules } = this.#records
    switch (type) {
      case record.queue: {
        const queue = queueOf(this.#data())
        queues.put(queue.name, queue)
        return
      }
      case record.key: {
        const key = keyOf(this.#data())
        keys.put(keyName(key.queue, key.key), key)
        return
      }
      case record.keyRemoved:
        keys.remove(this.#reader.text())
        return
      case record.schedule: {
        const schedule = scheduleOf(this.#data())
        schedules.put(schedule.id, schedule)
        return
      }
      case record.scheduleRemoved:
        schedules.remove(this.#reader.text())
        return
      case record.seq:
        this.#records.raiseSeq(this.#reader.varint())
        return
      default:
        throw corrupt(`record type ${type} is unknown`)
    }
  }

  #insert(): void {
    const id = this.#reader.text()
    const seq = this.#reader.varint()
    const mask = this.#mask()
    if ((mask & kindBit) === 0) throw corrupt(`job ${id} has no kind`)
    this.#numbers.clear()
    this.#numbers.set(place.seq, seq)
    this.#readNumbers(mask)
    const extras = (mask & extrasBit) === 0 ? noExtras : this.#extras()
    const span = this.#packable()
    const payload = span === undefined ? this.#payload() : ''
    const other = this.#jobs.findSeq(seq)
    if (other !== -1 && !this.#jobs.rows.isId(other, id)) throw corrupt(`two jobs have seq ${seq}`)
    this.#jobs.load(this.#numbers.job(id, payload, extras), span)
    this.#records.raiseSeq(seq + 1)
  }

  /** A row that is not there has gone since: the frame is older than the snapshot it follows. */
  #update(): void {
    const slot = this.#jobs.findSeq(this.#reader.varint())
    const before = slot === -1 ? undefined : this.#jobs.read(slot)
    if (before !== undefined) this.#numbers.take(before)
    const mask = this.#mask()
    this.#readNumbers(mask)
    const extras = (mask & extrasBit) === 0 ? before?.extras : this.#extras()
    const payload = (mask & payloadBit) === 0 ? before?.payload : this.#payload()
    if (before !== undefined) this.#jobs.reload(slot, this.#numbers.job(before.id, payload!, extras!))
  }

  #remove(): void {
    const seq = this.#reader.varint()
    const slot = this.#jobs.findSeq(seq)
    if (slot !== -1) this.#jobs.unload(slot)
  }

  #mask(): number {
    const mask = this.#reader.varint()
    if (mask >= 2 ** 31 || (mask & ~(numberBits | extrasBit | payloadBit)) !== 0)
      throw corrupt('a mask has bits that are unknown')
    return mask
  }

  #readNumbers(mask: number): void {
    for (let rest = mask & numberBits; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest)
      this.#numbers.set(at, this.#number(at))
    }
  }

  #number(at: number): number {
    if (isDouble(at)) return this.#double()
    const value = this.#reader.varint()
    if (at === place.kind) return known(this.#kinds[value], 'kind')
    if (at === place.owner) return known(this.#owners[value], 'owner')
    if (at === place.standing) return standingOf(value)
    if (value >= mostCount) throw corrupt('a count is too large')
    return value
  }

  #double(): number {
    const value = this.#reader.f64()
    if (Number.isNaN(value)) throw corrupt('a number is none')
    return value
  }

  /** The payload, if it can be packed as it stands; else nothing is read. */
  #packable(): TextSpan | undefined {
    const reader = this.#reader
    const before = reader.position
    if (reader.u8() === 0) {
      const length = reader.varint()
      const start = reader.position
      reader.skip(length)
      if (length <= longTextBytes && areAscii(this.#frame, start, length))
        return { bytes: this.#frame, start, length }
    }
    reader.goTo(before)
    return undefined
  }

  #payload(): Body {
    const form = this.#reader.u8()
    if (form === 0) return this.#text()
    if (form !== 1) throw corrupt('a payload is neither text nor reference')
    return referenceOf({
      segment: this.#reader.varint(),
      offset: this.#reader.varint(),
      bytes: this.#reader.varint(),
    })
  }

  #extras(): Extras {
    const lean = extrasOf(this.#data())
    const count = this.#reader.varint()
    const bodies: Body[] = []
    while (bodies.length < count) bodies.push(this.#text())
    return mapBodies(lean, (body) =>
      typeof body === 'string' || body.segment !== apart ? body : known(bodies[body.offset], 'text'),
    )
  }

  /** A long text stays where it stands, if that is a place. */
  #text(): Body {
    const reader = this.#reader
    const bytes = reader.varint()
    const offset = reader.position
    if (bytes <= longTextBytes || this.#place === undefined) return reader.utf8(bytes)
    reader.skip(bytes)
    this.#keepsTexts = true
    return bodyAt(this.#place, offset, bytes)
  }

  #data(): object {
    return dataOf(this.#reader.text())
  }
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw corrupt(`a ${what} is not told of before it is used`)
  return value
}

function standingOf(value: number): number {
  const standing = (value >>> 1) ^ -(value & 1)
  if (value >= 2 ** 32 || (standing & 15) >= states.length) throw corrupt('a state is unknown')
  return standing
}
