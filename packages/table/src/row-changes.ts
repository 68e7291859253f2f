import type { Chunk } from './chunk.ts'
import {
  claimShift,
  doubleAt,
  lateDoubleAt,
  lateDoubles,
  lateShift,
  lateWords,
  place,
  rowDoubles,
  rowWords,
  wordShift,
} from './row-layout.ts'

/** The places, as bits, whose numbers differ between two rows, or from zero; seq and mark do not count. */
export function changedPlaces(
  chunk: Chunk,
  index: number,
  other: Chunk | undefined,
  otherIndex: number,
): number {
  const d = index * rowDoubles
  const otherD = otherIndex * rowDoubles
  let mask = 0
  if (chunk.rank(index) !== (other?.rank(otherIndex) ?? 0)) mask |= 1 << place.rank
  if (chunk.doubles[d + doubleAt.createdAt] !== (other?.doubles[otherD + doubleAt.createdAt] ?? 0))
    mask |= 1 << place.createdAt
  if (chunk.runAt(index) !== (other?.runAt(otherIndex) ?? 0)) mask |= 1 << place.runAt
  if (chunk.since(index) !== (other?.since(otherIndex) ?? 0)) mask |= 1 << place.since
  const w = index * rowWords + wordShift
  const otherW = otherIndex * rowWords + wordShift
  for (let at: number = place.bytes; at <= place.standing; at++)
    if (chunk.words[w + at] !== (other === undefined ? 0 : other.words[otherW + at])) mask |= 1 << at
  return chunk.hasLate || other?.hasLate === true ? mask | changedLate(chunk, index, other, otherIndex) : mask
}

function changedLate(chunk: Chunk, index: number, other: Chunk | undefined, otherIndex: number): number {
  const { late } = chunk
  const lease = late.doubles[index * lateDoubles + lateDoubleAt.leaseUntil]
  const otherLease = other?.late.doubles[otherIndex * lateDoubles + lateDoubleAt.leaseUntil] ?? 0
  let mask = lease === otherLease ? 0 : 1 << place.leaseUntil
  const l = index * lateWords
  const otherL = otherIndex * lateWords
  for (let at: number = place.attempt; at <= place.generation; at++) {
    if (at > place.epoch && at < place.owner) continue
    const shift = at <= place.epoch ? claimShift : lateShift
    if (late.words[l + at + shift] !== (other === undefined ? 0 : other.late.words[otherL + at + shift]))
      mask |= 1 << at
  }
  return mask
}
