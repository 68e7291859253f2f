import { PackedRows } from '../../packages/table/src/packed-rows.ts'
import { place } from '../../packages/table/src/row-layout.ts'

/** Rows that have a seq each, and nothing else: the n-th slot has the n-th seq. */
export function rowsWith(seqs: readonly number[]): PackedRows {
  const rows = new PackedRows()
  for (const [slot, seq] of seqs.entries()) {
    rows.ensure(slot)
    rows.setNumber(slot, place.seq, seq)
  }
  return rows
}
