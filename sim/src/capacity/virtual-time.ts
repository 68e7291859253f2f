import type { Millis } from '@millrace/core'

/** Whole microseconds since the start of the run: the simulator's time. */
export type Micros = number

/*
 * The core counts in milliseconds. It is given fractions of them: its own constants (a budget asks again after 1,000)
 * keep their meaning, and no rule in it needs whole ones. A run starts a day after the core's zero, which some rows
 * use as "never".
 */
const startMs = 86_400_000

export function toMillis(time: Micros): Millis {
  return startMs + time / 1_000
}

/** The first microsecond at which the core, told `toMillis` of it, finds that `at` has come. */
export function toMicros(at: Millis): Micros {
  const time = Math.round((at - startMs) * 1_000)
  return toMillis(time) >= at ? time : time + 1
}

/** A duration; `Infinity` stays so. */
export function microsOf(seconds: number): Micros {
  return Math.round(seconds * 1_000_000)
}
