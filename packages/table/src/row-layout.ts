import { states, type State } from '@millrace/core'

/** Rows of one chunk; memory is taken and given back a chunk at a time. */
export const chunkBits = 12
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
 * Where each number of a job stands. Places 0 to 4 are doubles of the row and 10 to 15 its words; 16 is the double of the
 * second part and 18 to 23 its words, `rowWords` further on.
 */
export const place = {
  rank: 0,
  seq: 1,
  runAt: 2,
  createdAt: 3,
  since: 4,
  attempt: 10,
  epoch: 11,
  bytes: 12,
  kind: 13,
  /** The state's code in the low four bits, the priority above them. */
  standing: 14,
  /** Belongs to the undo log. */
  mark: 15,
  leaseUntil: 16,
  owner: 18,
  snoozes: 19,
  refunds: 20,
  failures: 21,
  crashes: 22,
  generation: 23,
} as const

/** Counts stay below it, so that no pair of words looks like a NaN. */
export const mostCount: number = 2 ** 30

const codes: ReadonlyMap<State, number> = new Map(states.map((state, code) => [state, code]))

/** The number that stands for a state in rows and frames. */
export function codeOf(state: State): number {
  return codes.get(state)!
}
