import type { Body, StoredBody } from '@millrace/core'
import { isSameBody, mapBodies, storedBodies } from './bodies.ts'
import type { JobTable } from './job-table.ts'
import type { PackedRows } from './packed-rows.ts'

/** The bodies that stand in the journal. They are in no index, so they may change places behind everyone's back. */
export class TableBodies {
  readonly #jobs: JobTable
  #lastSegment = -1

  constructor(jobs: JobTable) {
    this.#jobs = jobs
  }

  /** The newest segment that bodies may stand in; -1 while none do. */
  get lastSegment(): number {
    return this.#lastSegment
  }

  seeSegment(segment: number): void {
    if (segment > this.#lastSegment) this.#lastSegment = segment
  }

  /** A body of the job with this seq stands there now, and need not be in memory. */
  store(seq: number, body: Body, stored: StoredBody): void {
    const { rows } = this.#jobs
    const slot = this.#jobs.findSeq(seq)
    if (rows.isPayload(slot, body)) rows.setPayload(slot, stored)
    rows.setExtras(
      slot,
      mapBodies(rows.extras(slot), (own) => (isSameBody(own, body) ? stored : own)),
    )
  }

  /** Changes references in all rows, and in what those were before changes that can still be taken back. */
  change(change: (body: Body) => Body): void {
    const { rows, log } = this.#jobs
    for (const at = this.#jobs.indexes.bySeq.cursor(); at.slot !== -1; at.next())
      changeRow(rows, at.slot, change)
    for (let entry = 0; entry < log.length; entry++) {
      const job = log.before(entry)
      if (job !== undefined)
        log.replace(entry, { ...job, payload: change(job.payload), extras: mapBodies(job.extras, change) })
    }
  }

  *all(): Generator<readonly [id: string, body: StoredBody]> {
    const { rows, indexes } = this.#jobs
    for (const at = indexes.bySeq.cursor(); at.slot !== -1; at.next())
      for (const body of storedBodies(rows.storedPayload(at.slot) ?? '', rows.extras(at.slot)))
        yield [rows.id(at.slot)!, body]
  }

  slotsWith(condition: (body: StoredBody) => boolean): readonly number[] {
    const { rows, indexes } = this.#jobs
    const slots: number[] = []
    for (const at = indexes.bySeq.cursor(); at.slot !== -1; at.next()) {
      const bodies = storedBodies(rows.storedPayload(at.slot) ?? '', rows.extras(at.slot))
      if (bodies.some(condition)) slots.push(at.slot)
    }
    return slots
  }
}

function changeRow(rows: PackedRows, slot: number, change: (body: Body) => Body): void {
  const payload = rows.storedPayload(slot)
  if (payload !== undefined) rows.setPayload(slot, change(payload))
  const extras = rows.extras(slot)
  const changed = mapBodies(extras, change)
  if (changed !== extras) rows.setExtras(slot, changed)
}
