import type { Body, StoredBody } from '@millrace/core'
import { bodyAt } from './bodies.ts'
import type { ByteWriter } from './byte-writer.ts'
import { FrameEncoder } from './frame-encoder.ts'
import { record } from './frame-format.ts'
import type { JobTable } from './job-table.ts'
import type { Image, Place } from './journal.ts'
import type { LineCursor } from './line-cursor.ts'
import type { TableBodies } from './table-bodies.ts'
import type { TableRecords } from './table-records.ts'

/**
 * All that the table held when the image was begun, row by row in order of seq, each as it is when its turn comes. What
 * changes behind its back is in later frames, and applying those again makes the image exact.
 */
export class TableImage implements Image {
  readonly #jobs: JobTable
  readonly #records: TableRecords
  readonly #bodies: TableBodies
  readonly #read: ((body: StoredBody) => string) | undefined
  readonly #endSeq: number
  /** Bodies in this segment and before it stood somewhere when the image was begun, and move into it. */
  readonly #lastSegment: number
  readonly #steps: Iterator<void>
  /** Where bodies stand in the image, by the segment and offset they came from. */
  readonly #copies = new Map<number, Map<number, StoredBody>>()
  #encoder: FrameEncoder | undefined
  /** At the row written last; found anew for each piece, because between two the rows may change. */
  #cursor: LineCursor | undefined
  #endsPiece = false
  #isDone = false

  constructor(
    jobs: JobTable,
    records: TableRecords,
    bodies: TableBodies,
    read: ((body: StoredBody) => string) | undefined,
  ) {
    this.#jobs = jobs
    this.#records = records
    this.#bodies = bodies
    this.#lastSegment = bodies.lastSegment
    this.#read = read
    this.#endSeq = records.nextSeq
    this.#steps = this.#write()
  }

  next(writer: ByteWriter, bytes: number): boolean {
    if (this.#isDone) return false
    this.#encoder = new FrameEncoder(this.#jobs, writer, { read: this.#read })
    this.#cursor = undefined
    this.#endsPiece = false
    do this.#isDone = this.#steps.next().done === true
    while (!this.#isDone && !this.#endsPiece && this.#encoder.length < bytes)
    return true
  }

  placed(place: Place): void {
    this.#bodies.seeSegment(place.segment)
    for (const { body, offset, bytes } of this.#encoder?.longTexts ?? []) {
      if (typeof body === 'string') continue
      const { segment } = body
      if (!this.#copies.has(segment)) this.#copies.set(segment, new Map())
      this.#copies.get(segment)!.set(body.offset, bodyAt(place, offset, bytes))
    }
  }

  adopt(): void {
    if (this.#copies.size > 0) this.#bodies.change((body) => this.#copyOf(body) ?? body)
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
      slot = this.#after(seq)
    }
    yield* this.#writeMissed()
  }

  /**
   * A body may have been handed over, as by a latched job to its rerun, to a job whose turn was over or will not come.
   * When none is missing here, whoever takes one over later takes one that the image has.
   */
  *#writeMissed(): Generator<void> {
    if (this.#lastSegment === -1) return
    do yield this.#endPiece()
    while (this.#insertMissed())
  }

  /** Until the piece is placed, its bodies are not known to be copied. */
  #endPiece(): void {
    this.#endsPiece = true
  }

  /** Writes the jobs that have a body which is not in the image; false if there are none. */
  #insertMissed(): boolean {
    const missed = this.#bodies.slotsWith(
      (body) => body.segment <= this.#lastSegment && this.#copyOf(body) === undefined,
    )
    for (const slot of missed) this.#encoder!.insert(slot)
    return missed.length > 0
  }

  /** The slot of the first row after this seq that was there when the image was begun, or -1. */
  #after(seq: number): number {
    if (this.#cursor === undefined) this.#cursor = this.#jobs.indexes.bySeq.cursorAfter(seq, seq)
    else this.#cursor.next()
    const { slot } = this.#cursor
    return slot === -1 || this.#jobs.rows.seq(slot) >= this.#endSeq ? -1 : slot
  }

  #copyOf(body: Body): StoredBody | undefined {
    return typeof body === 'string' ? undefined : this.#copies.get(body.segment)?.get(body.offset)
  }
}
