import {
  assert,
  legalMoves,
  MillraceError,
  noExtras,
  states,
  type Extras,
  type Job,
  type Kind,
} from '@millrace/core'
import { readText } from './ascii.ts'
import { HotJobs } from './hot-jobs.ts'
import { IdIndex } from './id-index.ts'
import { Indexes } from './indexes.ts'
import { PackedRows, type TextSpan } from './packed-rows.ts'
import { chunkRows, codeOf, mostCount } from './row-layout.ts'
import { SlotPool } from './slot-pool.ts'
import { UndoLog } from './undo-log.ts'

/** Tables of up to so many chunks keep their texts as strings: they are at work, and small. */
const mostLooseChunks = 16

/** By the codes of the states before and after. */
const isLegal: readonly (readonly boolean[])[] = states.map((from) =>
  states.map((to) => legalMoves[from].includes(to)),
)
const isLegalEnd: readonly boolean[] = states.map((from) => legalMoves[from].includes('gone'))
const isLegalBirth: readonly boolean[] = states.map((to) => legalMoves.new.includes(to))

/** All jobs: packed rows, the indexes that find them, and the log that takes changes back. */
export class JobTable {
  readonly rows: PackedRows = new PackedRows()
  readonly indexes: Indexes = new Indexes(this.rows)
  readonly log: UndoLog = new UndoLog(this.rows)
  /** Of one row: what a job was, to be compared. */
  readonly staged: PackedRows = new PackedRows(new HotJobs(1))
  readonly #ids = new IdIndex(this.rows)
  readonly #pool = new SlotPool()
  /** Slots of removed rows, free for others only when nothing can bring the rows back. */
  readonly #vacated: number[] = []

  constructor() {
    this.staged.ensure(0)
  }

  get size(): number {
    return this.#ids.size
  }

  /** The slot of a job, or -1. */
  find(id: string): number {
    return this.#ids.find(id)
  }

  read(slot: number): Job {
    return this.indexes.read(slot)
  }

  put(job: Job): void {
    assertStorable(job)
    const slot = this.#slotOf(job)
    if (slot === -1) this.#insert(job)
    else this.#update(slot, job)
  }

  remove(job: Job): void {
    const slot = this.#slotOf(job)
    assert(slot !== -1, 'a job is removed that is not there')
    const code = this.rows.state(slot)
    if (!isLegalEnd[code]!) throw illegalMove(job.id, states[code]!, 'gone')
    const before = this.read(slot)
    this.log.keep(slot, before)
    this.#vacate(slot, before)
    this.#vacated.push(slot)
  }

  /** Takes back all changes after the log's entry `from`, the newest first. */
  undoTo(from: number): void {
    for (let entry = this.log.length - 1; entry >= from; entry--) this.#undo(entry)
    this.log.truncate(from)
  }

  /** Makes all changes final. */
  settle(): void {
    this.log.truncate(0)
    for (const slot of this.#vacated) this.#free(slot)
    this.#vacated.length = 0
  }

  /** Puts a job in place of the one with its id, whatever that was: what replay does. With a span, that is its payload. */
  load(job: Job, span: TextSpan | undefined): void {
    const known = this.#ids.find(job.id)
    const slot = known === -1 ? this.#take() : known
    if (known !== -1) this.#vacate(slot, this.read(slot))
    if (span === undefined) this.#enter(slot, job, codeOf(job.state))
    else this.#enterAtRest(slot, job, span)
    this.#packIfAtRest(slot)
  }

  /** Puts a job in the slot of one with the same id and seq. */
  reload(slot: number, job: Job): void {
    const before = this.read(slot)
    const code = codeOf(job.state)
    this.indexes.unlink(slot, before)
    if (job.payload !== before.payload) this.rows.setPayload(slot, job.payload)
    this.#write(slot, job, code, this.indexes.kinds.intern(job))
    this.indexes.link(slot, job, code)
  }

  /** The slot of the job with this seq, or -1. */
  findSeq(seq: number): number {
    return this.indexes.bySeq.find(seq, seq)
  }

  /** Lays a job out as numbers in the staged row, to be compared. */
  stage(job: Job): void {
    const { kinds, owners } = this.indexes
    this.staged.write(0, job, codeOf(job.state), kinds.intern(job), owners.intern(job.owner))
  }

  /** Forgets a job, whatever its state. */
  unload(slot: number): void {
    this.#vacate(slot, this.read(slot))
    this.#free(slot)
  }

  #slotOf(job: Job): number {
    const recent = this.rows.recent(job)
    return recent === -1 ? this.#ids.find(job.id) : recent
  }

  #insert(job: Job): void {
    const code = codeOf(job.state)
    if (!isLegalBirth[code]!) throw illegalMove(job.id, 'new', job.state)
    const slot = this.#take()
    this.log.keep(slot, undefined)
    this.#enter(slot, job, code)
    this.#packIfAtRest(slot)
  }

  #update(slot: number, job: Job): void {
    const { rows, indexes } = this
    const code = codeOf(job.state)
    if (!isLegal[rows.state(slot)]![code]!) throw illegalMove(job.id, states[rows.state(slot)]!, job.state)
    const before = this.read(slot)
    assert(job.epoch >= before.epoch, 'the epoch of a job falls')
    assert(job.seq === before.seq, 'the seq of a job changes')
    this.log.keep(slot, before)
    if (job.payload !== before.payload) rows.setPayload(slot, job.payload)
    indexes.unlink(slot, before)
    const kind = rows.kind(slot)
    this.#write(slot, job, code, indexes.kinds.is(kind, job) ? kind : indexes.kinds.intern(job))
    indexes.link(slot, job, code)
  }

  #write(slot: number, job: Job, code: number, kind: number): void {
    const { kinds, owners } = this.indexes
    this.rows.write(slot, lean(job, kinds.list[kind]!), code, kind, owners.intern(job.owner))
  }

  #enter(slot: number, job: Job, code: number): void {
    this.rows.setId(slot, job.id)
    this.rows.setPayload(slot, job.payload)
    this.#write(slot, job, code, this.indexes.kinds.intern(job))
    this.#index(slot, job, code)
  }

  #enterAtRest(slot: number, job: Job, span: TextSpan): void {
    const { kinds, owners } = this.indexes
    const code = codeOf(job.state)
    if (this.rows.writeAtRest(slot, job, span, code, kinds.intern(job), owners.intern(job.owner)))
      this.#index(slot, job, code)
    else this.#enter(slot, { ...job, payload: readText(span.bytes, span.start, span.length) }, code)
  }

  #index(slot: number, job: Job, code: number): void {
    this.#ids.add(job.id, slot)
    this.indexes.bySeq.add(job.seq, slot)
    this.indexes.link(slot, job, code)
  }

  #vacate(slot: number, job: Job): void {
    this.indexes.unlink(slot, job)
    this.indexes.bySeq.remove(job.seq, slot)
    this.#ids.remove(slot)
    this.rows.vacate(slot)
  }

  #undo(entry: number): void {
    const slot = this.log.slot(entry)
    const before = this.log.before(entry)
    if (this.rows.isVacant(slot)) this.#vacated.splice(this.#vacated.lastIndexOf(slot), 1)
    else this.#vacate(slot, this.read(slot))
    if (before === undefined) this.#free(slot)
    else this.#enter(slot, before, codeOf(before.state))
  }

  /** In a large table, a chunk that has just filled up will mostly wait: its texts are packed, if enough of them are new. */
  #packIfAtRest(slot: number): void {
    if (this.#pool.chunkCount <= mostLooseChunks || !this.#pool.isFull(slot)) return
    if (this.rows.freshTexts(slot) * 2 >= chunkRows) this.rows.packTexts(slot)
  }

  #take(): number {
    const slot = this.#pool.take()
    this.rows.ensure(slot)
    return slot
  }

  #free(slot: number): void {
    const emptied = this.#pool.give(slot)
    if (emptied !== -1) this.rows.release(emptied)
  }
}

/** A number that is none, or does not fit, would break an index, and with it every job. */
function assertStorable(job: Job): void {
  const { rank, runAt, since, leaseUntil, priority } = job
  assert((priority << 4) >> 4 === priority, 'a priority is not a small integer')
  assert(
    rank === rank && runAt === runAt && since === since && leaseUntil === leaseUntil,
    'a time or a rank is not a number',
  )
  assert((job.epoch | job.snoozes | job.failures | job.generation) < mostCount, 'a count is too large')
}

/** The job without anything of its own that others have too. */
function lean(job: Job, { retry }: Kind): Job {
  if (job.retry === retry && (job.extras === noExtras || !isEmpty(job.extras))) return job
  return { ...job, retry, extras: isEmpty(job.extras) ? noExtras : job.extras }
}

function isEmpty(extras: Extras): boolean {
  for (const _ in extras) return false
  return true
}

function illegalMove(id: string, from: string, to: string): MillraceError {
  return new MillraceError('ILLEGAL_MOVE', `job ${id} is ${from}: it cannot become ${to}`, {
    jobId: id,
    outcome: 'no',
  })
}
