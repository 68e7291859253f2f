import { isTerminal, isUnstarted, noExtras, states, type Job } from '@millrace/core'
import { ExtrasIndex } from './extras-index.ts'
import { Kinds, type IndexedKind } from './kinds.ts'
import { Line } from './line.ts'
import { Owners } from './owners.ts'
import type { PackedRows } from './packed-rows.ts'
import { QueueIndex } from './queue-index.ts'
import { codeOf, place } from './row-layout.ts'
import { ShedLines } from './shed-lines.ts'
import { Wakes } from './wakes.ts'

const blocked = codeOf('blocked')
const enqueued = codeOf('enqueued')
const processing = codeOf('processing')
const isEnded = states.map(isTerminal)

/** Every order and group that jobs are found by. Where a job stands follows from its row alone, so each equals a recount at any moment. */
export class Indexes {
  readonly #rows: PackedRows
  readonly kinds: Kinds = new Kinds((queue) => this.queue(queue))
  readonly owners: Owners = new Owners()
  readonly queues: Map<string, QueueIndex> = new Map()
  readonly bySeq: Line
  /** Scheduled and retrying jobs by run time. */
  readonly timers: Line
  /** Processing jobs by the end of their lease. */
  readonly leases: Line
  readonly extras: ExtrasIndex
  readonly wakes: Wakes = new Wakes()

  constructor(rows: PackedRows) {
    this.#rows = rows
    this.bySeq = new Line(rows, false)
    this.timers = new Line(rows, true)
    this.leases = new Line(rows, true)
    this.extras = new ExtrasIndex(rows)
  }

  queue(name: string): QueueIndex {
    const known = this.queues.get(name)
    if (known !== undefined) return known
    const queue = new QueueIndex(name, this.#rows)
    this.queues.set(name, queue)
    return queue
  }

  read(slot: number): Job {
    return this.#rows.read(slot, this.kinds.list, this.owners.list)
  }

  /** Enters the row of a job, whose state has this code, everywhere it belongs but for its place by seq. */
  link(slot: number, job: Job, code: number): void {
    const kind = this.kindOf(slot)
    const { home } = kind
    home.counts[code]!++
    if (!isEnded[code]) home.bytes += job.bytes
    if (code === enqueued) {
      kind.ready.add(job.rank, slot)
      this.wakes.queue(home)
    } else if (isEnded[code]) home.ended[code]!.add(job.since, slot)
    else if (code !== blocked) {
      if (code === processing) this.leases.add(job.leaseUntil, slot)
      else this.timers.add(job.runAt, slot)
      this.wakes.due()
    }
    if (home.shed !== undefined && isUnstarted(job)) home.shed.add(slot)
    if (job.extras !== noExtras) this.#linkExtras(slot, job, home)
  }

  /** Takes the row out again; it must not have changed since. */
  unlink(slot: number, job: Job): void {
    const code = this.#rows.state(slot)
    const kind = this.kindOf(slot)
    const { home } = kind
    home.counts[code]!--
    if (!isEnded[code]) home.bytes -= job.bytes
    if (code === enqueued) kind.ready.remove(job.rank, slot)
    else if (isEnded[code]) home.ended[code]!.remove(job.since, slot)
    else if (code === processing) this.leases.remove(job.leaseUntil, slot)
    else if (code !== blocked) this.timers.remove(job.runAt, slot)
    if (home.shed !== undefined && isUnstarted(job)) home.shed.remove(slot)
    if (job.extras !== noExtras) this.extras.unlink(slot, job, home)
  }

  kindOf(slot: number): IndexedKind {
    return this.kinds.list[this.#rows.kind(slot)]!
  }

  /** The earliest time at which a timer, a lease or a deadline is due; `Infinity` if there is none. */
  get nextAt(): number {
    return Math.min(this.timers.firstKey, this.leases.firstKey, this.extras.deadlines.firstKey)
  }

  /** Slots of processing jobs whose lease this owner holds, by seq. Walks all leases: asked when an owner is gone, not at work. */
  heldBy(owner: string): readonly number[] {
    const number = this.owners.numberOf(owner)
    if (number === undefined) return []
    return this.leases
      .slots(Infinity)
      .filter((slot) => this.#rows.number(slot, place.owner) === number)
      .sort((a, b) => this.#rows.seq(a) - this.#rows.seq(b))
  }

  /** The lines of a queue that sheds; made by a walk over all jobs when first asked for, and kept up from then on. */
  shedLines(home: QueueIndex): ShedLines {
    if (home.shed !== undefined) return home.shed
    const shed = new ShedLines(this.#rows)
    for (const slot of this.bySeq.slots(Infinity))
      if (this.kindOf(slot).home === home && isUnstarted(this.read(slot))) shed.add(slot)
    return (home.shed = shed)
  }

  #linkExtras(slot: number, job: Job, home: QueueIndex): void {
    this.extras.link(slot, job, home)
    if (job.extras.deadline !== undefined && isUnstarted(job)) this.wakes.due()
  }
}
