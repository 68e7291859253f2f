/** Places of a class's counts. */
export const count = {
  arrived: 0,
  accepted: 1,
  refused: 2,
  completed: 3,
  dead: 4,
  expired: 5,
  /** Claims. */
  attempts: 6,
  /** Visits that did not start at once. */
  delayed: 7,
  failures: 8,
  /** Attempts that ran into their time limit. */
  timeouts: 9,
  /** Settlements that came too late: another worker had the job. */
  lost: 10,
  /** Microseconds from enqueue to completion, added up. */
  completedMicros: 11,
  /** Jobs whose producer had to wait for room, and for how many microseconds. */
  heldUp: 12,
  heldUpMicros: 13,
} as const

export const counts = 14
