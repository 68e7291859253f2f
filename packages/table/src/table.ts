import {
  commands,
  type Body,
  type CommandName,
  type JobEvent,
  type Moment,
  type Reply,
  type Request,
  type Rows,
  type StoredBody,
} from '@millrace/core'
import { bodyAt } from './bodies.ts'
import type { ByteWriter } from './byte-writer.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { FrameEncoder, type LongText } from './frame-encoder.ts'
import { record } from './frame-format.ts'
import { JobTable } from './job-table.ts'
import type { Image, Journaled, Place, SetApart } from './journal.ts'
import { TableBodies } from './table-bodies.ts'
import { TableImage } from './table-image.ts'
import { TableRecords, type RecordsMark } from './table-records.ts'
import { TableRows } from './table-rows.ts'
import type { Wake } from './wakes.ts'

/** A moment in the history of a table that it can go back to, until it is settled. */
export interface TableMark {
  readonly entries: number
  readonly events: number
  readonly records: RecordsMark
}

/**
 * All jobs of a store in memory, with every index: runs core's commands, synchronously and atomically.
 * A journal makes it durable; without one, call `settle` after each command.
 */
export class Table implements Journaled {
  #jobs = new JobTable()
  #bodies = new TableBodies(this.#jobs)
  #records = new TableRecords()
  #rows = new TableRows(this.#jobs, this.#records)
  /** Long texts of the frame encoded last. */
  #longTexts: readonly LongText[] = []
  #now = -Infinity

  /** What commands work on. */
  get rows(): Rows {
    return this.#rows
  }

  /** The number of jobs. */
  get size(): number {
    return this.#jobs.size
  }

  /** Whether events are collected. */
  set listening(listening: boolean) {
    this.#rows.listening = listening
  }

  /** Runs a command to its end; if it throws, nothing has changed. Time never goes back: an earlier `now` counts as the latest seen. */
  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Reply<N> {
    this.#now = Math.max(this.#now, at.now)
    const command = commands[name] as (rows: Rows, request: Request<N>, at: Moment) => Reply<N>
    const mark = this.mark()
    try {
      return command(this.#rows, request, at.now === this.#now ? at : { ...at, now: this.#now })
    } catch (error) {
      this.undoTo(mark)
      throw error
    }
  }

  /** A place to go back to. Changes made after it are a new frame's. */
  mark(): TableMark {
    this.#jobs.log.beginCommand()
    return {
      entries: this.#jobs.log.length,
      events: this.#rows.events.length,
      records: this.#records.mark(),
    }
  }

  /** Takes back everything since the mark, exactly. */
  undoTo(mark: TableMark): void {
    this.#jobs.undoTo(mark.entries)
    this.#records.undoTo(mark.records)
    this.#rows.events.length = mark.events
  }

  /** Makes everything so far final, and its memory free for others. */
  settle(): void {
    this.#jobs.settle()
    this.#records.settle()
  }

  hasChangedSince({ entries, records }: TableMark): boolean {
    return this.#jobs.log.length > entries || this.#records.hasChangedSince(records)
  }

  /** Writes what changed since the mark, as one frame's payload; true if it has long texts. */
  encode(writer: ByteWriter, mark: TableMark, setApart?: SetApart): boolean {
    const encoder = new FrameEncoder(this.#jobs, writer, { setApart })
    this.#encodeRecords(encoder, mark.records)
    const { log, rows } = this.#jobs
    for (let entry = mark.entries; entry < log.length; entry++) {
      const slot = log.slot(entry)
      const isThere = !rows.isVacant(slot)
      const before = log.before(entry)
      if (before === undefined) {
        if (isThere) encoder.insert(slot)
      } else if (isThere) encoder.update(slot, before)
      else encoder.remove(before.seq)
    }
    for (const { seq, body, stored } of encoder.apart) this.#bodies.store(seq, body, stored)
    this.#longTexts = encoder.longTexts
    return this.#longTexts.length > 0
  }

  /** The frame encoded last stands there: its long texts need not stay in memory. */
  placed(place: Place): void {
    this.#bodies.seeSegment(place.segment)
    for (const { seq, body, offset, bytes } of this.#longTexts)
      this.#bodies.store(seq, body, bodyAt(place, offset, bytes))
    this.#longTexts = []
  }

  /** What listeners are to be woken for since this was last asked; `undefined` if nothing. */
  takeWake(): Wake | undefined {
    return this.#jobs.indexes.wakes.take(() => this.#rows.nextAt())
  }

  /** The events since this was last asked. */
  takeEvents(): readonly JobEvent[] {
    return this.#rows.events.splice(0)
  }

  apply(frame: Uint8Array, place?: Place): boolean {
    if (place !== undefined) this.#bodies.seeSegment(place.segment)
    try {
      return new FrameDecoder(frame, place, this.#jobs, this.#records).apply()
    } finally {
      this.#records.settle()
    }
  }

  reset(): void {
    const { listening } = this.#rows
    this.#jobs = new JobTable()
    this.#bodies = new TableBodies(this.#jobs)
    this.#records = new TableRecords()
    this.#rows = new TableRows(this.#jobs, this.#records)
    this.#rows.listening = listening
  }

  image(read?: (body: StoredBody) => string): Image {
    return new TableImage(this.#jobs, this.#records, this.#bodies, read)
  }

  storedBodies(): Iterable<readonly [id: string, body: StoredBody]> {
    return this.#bodies.all()
  }

  relocate(from: Place, to: Place): void {
    this.#bodies.seeSegment(to.segment)
    const change = (body: Body): Body => {
      if (typeof body === 'string' || body.segment !== from.segment || body.offset < from.offset) return body
      return bodyAt(to, body.offset - from.offset, body.bytes)
    }
    this.#bodies.change(change)
  }

  restate(writer: ByteWriter, from: Place): boolean {
    const slots = this.#bodies.slotsWith(
      ({ segment, offset }) => segment === from.segment && offset >= from.offset,
    )
    if (slots.length === 0) return false
    const encoder = new FrameEncoder(this.#jobs, writer)
    for (const slot of slots) encoder.insert(slot)
    return true
  }

  #encodeRecords(encoder: FrameEncoder, mark: RecordsMark): void {
    const { queues, keys, schedules } = this.#records
    for (const name of queues.changedSince(mark.queues)) encoder.data(record.queue, queues.get(name)!)
    for (const name of keys.changedSince(mark.keys)) {
      const key = keys.get(name)
      if (key === undefined) encoder.text(record.keyRemoved, name)
      else encoder.data(record.key, key)
    }
    for (const id of schedules.changedSince(mark.schedules)) {
      const schedule = schedules.get(id)
      if (schedule === undefined) encoder.text(record.scheduleRemoved, id)
      else encoder.data(record.schedule, schedule)
    }
  }
}
