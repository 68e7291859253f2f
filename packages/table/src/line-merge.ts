import type { LineCursor } from './line-cursor.ts'
import type { Line } from './line.ts'
import type { PackedRows } from './packed-rows.ts'

/** The first slots of several lines taken together, in order of key, then seq. */
export function mergeFirst(rows: PackedRows, lines: readonly Line[], limit: number): readonly number[] {
  if (lines.length === 1) return lines[0]!.slots(limit)
  const cursors = lines.map((line) => line.cursor()).filter(({ slot }) => slot !== -1)
  const slots: number[] = []
  while (slots.length < limit && cursors.length > 0) {
    const first = cursors.reduce((best, cursor) => (isBefore(rows, cursor, best) ? cursor : best))
    slots.push(first.slot)
    first.next()
    if (first.slot === -1) cursors.splice(cursors.indexOf(first), 1)
  }
  return slots
}

function isBefore(rows: PackedRows, a: LineCursor, b: LineCursor): boolean {
  return a.key < b.key || (a.key === b.key && rows.seq(a.slot) < rows.seq(b.slot))
}
