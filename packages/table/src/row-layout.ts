import { states, type State } from '@millrace/core'

/** Rows of one chunk; memory is taken and given back a chunk at a time. */
export const chunkBits = 10
export const chunkRows: number = 1 << chunkBits
export const chunkMask: number = chunkRows - 1

/*
 * A row has 32 bytes: two doubles, then four 32-bit words over the same buffer. What only a job has that was claimed, or
 * delayed, or preferred, stands in a second part of 64 bytes, which a chunk gets with its first such job: four doubles,
 * then eight words. Without it, rank, run time and the time of the state are those of the acceptance.
 */
export const rowDoubles = 4
export const rowWords = 8
export const lateDoubles = 8
export const lateWords = 16

/** A place is the bit that stands for a number of a job in a frame's masks, so these only ever grow at their end. */
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

/** Where in the row each of its doubles stands. */
export const doubleAt = { seq: 0, createdAt: 1 } as const
/** From the places `bytes` to `mark` to their words in the row. */
export const wordShift = -3
/** Where in the second part each of its doubles stands. */
export const lateDoubleAt = { rank: 0, runAt: 1, since: 2, leaseUntil: 3 } as const
/** From the places `attempt` and `epoch`, and from `owner` to `generation`, to their words in the second part. */
export const claimShift = 3
export const lateShift = -3

/** Counts stay below it, so that no pair of words looks like a NaN. */
export const mostCount: number = 2 ** 30

const codes: ReadonlyMap<State, number> = new Map(states.map((state, code) => [state, code]))

/** The number that stands for a state in rows and frames. */
export function codeOf(state: State): number {
  return codes.get(state)!
}
