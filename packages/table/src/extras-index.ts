import { holdsKeySlot, holdsUnique, isUnstarted, type Job } from '@millrace/core'
import { Groups } from './groups.ts'
import { Line } from './line.ts'
import type { PackedRows } from './packed-rows.ts'
import type { QueueIndex } from './queue-index.ts'

/** Finds jobs by what only some carry: unique and idempotency keys, deadlines, parents, flows, and the lines at a key. */
export class ExtrasIndex {
  readonly #rows: PackedRows
  readonly unique: Groups
  readonly idempotency: Groups
  readonly children: Groups
  readonly flows: Groups
  /** Unstarted jobs by deadline. */
  readonly deadlines: Line

  constructor(rows: PackedRows) {
    this.#rows = rows
    this.unique = new Groups(rows)
    this.idempotency = new Groups(rows)
    this.children = new Groups(rows)
    this.flows = new Groups(rows)
    this.deadlines = new Line(rows, true)
  }

  link(slot: number, job: Job, home: QueueIndex): void {
    this.#each('add', slot, job)
    if (job.extras.key !== undefined) this.#atKey('add', slot, job, home)
  }

  unlink(slot: number, job: Job, home: QueueIndex): void {
    this.#each('remove', slot, job)
    if (job.extras.key !== undefined) this.#atKey('remove', slot, job, home)
  }

  #each(deed: 'add' | 'remove', slot: number, job: Job): void {
    const { unique, idempotency, deadline, parents, flow } = job.extras
    if (unique !== undefined && holdsUnique(job)) this.unique[deed](unique.key, slot)
    if (idempotency !== undefined) this.idempotency[deed](idempotency.key, slot)
    if (deadline !== undefined && isUnstarted(job)) this.deadlines[deed](deadline, slot)
    if (flow !== undefined) this.flows[deed](flow.id, slot)
    if (parents !== undefined)
      for (const id of new Set(parents.map((parent) => parent.id))) this.children[deed](id, slot)
  }

  #atKey(deed: 'add' | 'remove', slot: number, job: Job, home: QueueIndex): void {
    const line = home.keyLine(job.extras.key!)
    if (holdsKeySlot(job)) line.held += deed === 'add' ? 1 : -1
    else if (job.state === 'blocked' && job.extras.reason === 'key')
      line.waiting[deed](this.#rows.seq(slot), slot)
    // There may be a key for every user: one that nobody holds or waits for is forgotten.
    if (line.held === 0 && line.waiting.size === 0) home.keys.delete(job.extras.key!)
  }
}
