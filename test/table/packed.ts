import { PackedRows } from '../../packages/table/src/packed-rows.ts'
import { jobOf } from './job.ts'

/** Rows that have a seq each, and nothing else: the n-th slot has the n-th seq. */
export function rowsWith(seqs: readonly number[]): PackedRows {
  const rows = new PackedRows()
  for (const [slot, seq] of seqs.entries()) {
    rows.ensure(slot)
    rows.write(slot, jobOf(String(slot), { seq }), 0, 0, 0)
  }
  return rows
}
