import { place } from './row-layout.ts'

/*
 * A frame: the version, then records until its end, each a type and what belongs to it. Whole numbers are varints, texts
 * a varint and UTF-8. A frame is absolute: it says what is, never what was done, and may be applied twice.
 *
 *   kind      JSON of a kind; the first in the frame is number 0
 *   owner     text; the first in the frame is number 1, because 0 is nobody
 *   insert    id, seq, mask, numbers, extras if the mask says so, payload
 *   update    seq, mask of what changed, numbers, extras and payload if the mask says so
 *   remove    seq
 *   queue, key, schedule                 JSON of the row
 *   keyRemoved, scheduleRemoved          what it is found by
 *   seq       the number that the next job accepted gets at least
 *
 * A payload is 0 and a text, or 1 and a reference: segment, offset, bytes. Extras are JSON, then a count and the long
 * texts of it, each of which the JSON refers to as one of segment -1, by its number.
 */
export const frameVersion = 1

export const record = {
  kind: 1,
  owner: 2,
  insert: 3,
  update: 4,
  remove: 5,
  queue: 6,
  key: 7,
  keyRemoved: 8,
  schedule: 9,
  scheduleRemoved: 10,
  seq: 11,
} as const

/** The bits of a mask are those of `place`, but for two whose numbers never are in it. */
export const extrasBit: number = 1 << place.seq
export const payloadBit: number = 1 << place.mark
/** Always set in an insert: no number of a kind means that there is none. */
export const kindBit: number = 1 << place.kind
export const ownerBit: number = 1 << place.owner
export const numberBits: number =
  Object.values<number>(place).reduce((bits, at) => bits | (1 << at), 0) & ~(extrasBit | payloadBit)

/** True for the places that hold doubles. */
export function isDouble(at: number): boolean {
  return at <= place.since || at === place.leaseUntil
}

/** Stands in extras for a text that follows them. */
export const apart = -1
