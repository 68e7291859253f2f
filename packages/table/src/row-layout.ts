import { states, type State } from '@millrace/core'

/** Rows of one chunk; memory is taken and given back a chunk at a time. */
export const chunkBits = 10
export const chunkRows: number = 1 << chunkBits
export const chunkMask: number = chunkRows - 1

/*
 * A row is one cache line of 64 bytes: five doubles, then six 32-bit words over the same buffer. What only a job that was
 * claimed has stands in a second part of 32 bytes, which a chunk gets with its first such job: a double, then six words.
 */
export const rowDoubles = 8
export const rowWords = 16
export const lateDoubles = 4
export const lateWords = 8

/**
 * Where each number of a job stands: places 0 to 4 are doubles of the row, 5 to 10 its words, 11 is the double of the
 * second part and 13 to 18 are its words. A place is also the bit that stands for the number in a frame's masks, so these
 * only ever grow at their end.
 */
export const place = {
  rank: 0,
  seq: 1,
  runAt: 2,
  createdAt: 3,
  since: 4,
  attempt: 5,
  epoch: 6,
  bytes: 7,
  kind: 8,
  /** The state's code in the low four bits, the priority above them. */
  standing: 9,
  /** Belongs to the undo log. */
  mark: 10,
  leaseUntil: 11,
  owner: 13,
  snoozes: 14,
  refunds: 15,
  failures: 16,
  crashes: 17,
  generation: 18,
} as const

/** From the place of a word to its index in the row, and from that of one in the second part to its index there. */
export const wordShift = 5
export const lateShift = -11

/** Counts stay below it, so that no pair of words looks like a NaN. */
export const mostCount: number = 2 ** 30

const codes: ReadonlyMap<State, number> = new Map(states.map((state, code) => [state, code]))

/** The number that stands for a state in rows and frames. */
export function codeOf(state: State): number {
  return codes.get(state)!
}
