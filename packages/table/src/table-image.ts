import type { Body, StoredBody } from '@millrace/core'
import { bodyAt, isSameBody } from './bodies.ts'
import type { ByteWriter } from './byte-writer.ts'
import { FrameEncoder } from './frame-encoder.ts'
import { record } from './frame-format.ts'
import type { JobTable } from './job-table.ts'
import type { Image, Place } from './journal.ts'
import type { TableRecords } from './table-records.ts'

/** A body that the image holds a copy of. */
interface Copy {
  readonly seq: number
  readonly from: Body
  readonly to: StoredBody
}

/**
 * All that the table held when the image was begun, row by row in order of seq, each as it is when its turn comes. What
 * changes behind its back is in later frames, and applying those again makes the image exact.
 */
export class TableImage implements Image {
  readonly #jobs: JobTable
  readonly #records: TableRecords
  readonly #read: (body: StoredBody) => string
  readonly #endSeq: number
  readonly #steps: Iterator<void>
  readonly #copies: Copy[] = []
  #encoder: FrameEncoder | undefined
  #isDone = false

  constructor(jobs: JobTable, records: TableRecords, read: (body: StoredBody) => string) {
    this.#jobs = jobs
    this.#records = records
    this.#read = read
    this.#endSeq = records.nextSeq
    this.#steps = this.#write()
  }

  next(writer: ByteWriter, bytes: number): boolean {
    if (this.#isDone) return false
    this.#encoder = new FrameEncoder(this.#jobs, writer, this.#read)
    while (!this.#isDone && this.#encoder.length < bytes) this.#isDone = this.#steps.next().done === true
    return true
  }

  placed(place: Place): void {
    for (const { seq, body, offset, bytes } of this.#encoder?.longTexts ?? [])
      this.#copies.push({ seq, from: body, to: bodyAt(place, offset, bytes) })
  }

  adopt(): void {
    for (const { seq, from, to } of this.#copies) {
      const slot = this.#jobs.findSeq(seq)
      if (slot !== -1) this.#jobs.changeBodies(slot, (body) => (isSameBody(body, from) ? to : body))
    }
    this.#adoptStrays()
  }

  *#write(): Generator<void> {
    this.#encoder!.seq(this.#endSeq)
    for (const queue of this.#records.queues.values()) yield this.#encoder!.data(record.queue, queue)
    for (const schedule of this.#records.schedules.values())
      yield this.#encoder!.data(record.schedule, schedule)
    for (const key of this.#records.keys.values()) yield this.#encoder!.data(record.key, key)
    for (let slot = this.#after(0); slot !== -1;) {
      const seq = this.#jobs.rows.seq(slot)
      yield this.#encoder!.insert(slot)
      // Found anew each time: while the image pauses, the slot may become another job's.
      slot = this.#after(seq)
    }
  }

  /** The slot of the first row after this seq that was there when the image was begun, or -1. */
  #after(seq: number): number {
    const { slot } = this.#jobs.indexes.bySeq.cursorAfter(seq, seq)
    return slot === -1 || this.#jobs.rows.seq(slot) >= this.#endSeq ? -1 : slot
  }

  /** A job that came since may have taken over a body from one of before: a rerun the latched one, a compensation its step's. */
  #adoptStrays(): void {
    const segments = new Set(this.#copies.map(({ from }) => (typeof from === 'string' ? -1 : from.segment)))
    let moved: ReadonlyMap<string, StoredBody> | undefined
    const change = (body: Body): Body => {
      if (typeof body === 'string' || !segments.has(body.segment)) return body
      moved ??= new Map(this.#copies.map(({ from, to }) => [nameOf(from), to]))
      return moved.get(nameOf(body)) ?? body
    }
    const first = this.#endSeq - 1
    for (const at = this.#jobs.indexes.bySeq.cursorAfter(first, first); at.slot !== -1; at.next())
      this.#jobs.changeBodies(at.slot, change)
  }
}

function nameOf(body: Body): string {
  return typeof body === 'string' ? '' : `${body.segment} ${body.offset}`
}
