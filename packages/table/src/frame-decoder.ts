import { states, type Body, type Extras } from '@millrace/core'
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
import type { PackedRows } from './packed-rows.ts'
import { mostCount, place } from './row-layout.ts'
import { extrasOf, keyOf, kindOf, queueOf, referenceOf, scheduleOf } from './stored-data.ts'
import { keyName, type TableRecords } from './table-records.ts'

/** Reads the records of one frame into the table. A record that is damaged throws `STORE_CORRUPT` and changes nothing. */
export class FrameDecoder {
  readonly #reader: ByteReader
  readonly #place: Place | undefined
  readonly #jobs: JobTable
  readonly #records: TableRecords
  /** The table's numbers of the kinds and owners that this frame names. */
  readonly #kinds: number[] = []
  readonly #owners: number[] = [0]
  #keepsTexts = false
  /** Of one row, which a record is read into before the table sees it. */
  readonly #staged: PackedRows

  constructor(frame: Uint8Array, at: Place | undefined, jobs: JobTable, records: TableRecords) {
    this.#reader = new ByteReader(frame)
    this.#place = at
    this.#jobs = jobs
    this.#records = records
    this.#staged = jobs.staged
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
    const staged = this.#staged
    staged.clear(0)
    const id = this.#reader.text()
    staged.setId(0, id)
    const seq = this.#reader.varint()
    staged.setNumber(0, place.seq, seq)
    const mask = this.#mask()
    if ((mask & kindBit) === 0) throw corrupt(`job ${id} has no kind`)
    this.#numbers(mask)
    if ((mask & extrasBit) !== 0) staged.setExtras(0, this.#extras())
    staged.setPayload(0, this.#payload())
    const other = this.#jobs.findSeq(seq)
    if (other !== -1 && !this.#jobs.rows.isId(other, id)) throw corrupt(`two jobs have seq ${seq}`)
    this.#jobs.load()
    this.#records.raiseSeq(seq + 1)
  }

  /** A row that is not there has gone since: the frame is older than the snapshot it follows. */
  #update(): void {
    const seq = this.#reader.varint()
    const slot = this.#jobs.findSeq(seq)
    const staged = this.#staged
    if (slot === -1) staged.clear(0)
    else staged.copy(this.#jobs.rows, slot, 0)
    const mask = this.#mask()
    this.#numbers(mask)
    if ((mask & extrasBit) !== 0) staged.setExtras(0, this.#extras())
    if ((mask & payloadBit) !== 0) staged.setPayload(0, this.#payload())
    if (slot !== -1) this.#jobs.reload(slot, (mask & payloadBit) !== 0)
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

  #numbers(mask: number): void {
    for (let rest = mask & numberBits; rest !== 0; rest &= rest - 1) {
      const at = 31 - Math.clz32(rest & -rest)
      this.#staged.setNumber(0, at, this.#number(at))
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
    reader.raw(bytes)
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
