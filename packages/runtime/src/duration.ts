import { bounds, type Millis } from '@millrace/core'
import { badArgument, shown } from './options.ts'

/** Milliseconds, or a number with a unit: '250ms', '1s', '5m', '2h', '1d'. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs: Readonly<Record<string, Millis>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Whole milliseconds from `min` to ten years, or `BAD_ARGUMENT`. */
export function parseDuration(duration: Duration, what: string, min = 0): Millis {
  const ms = typeof duration === 'string' ? parseText(duration) : duration
  if (typeof ms !== 'number' || !(ms >= min && ms <= bounds.durationMs))
    throw badArgument(
      `${what} must be milliseconds or a text like '250ms', '1s', '5m', '2h', '1d', ` +
        `from ${min} ms to ten years; it is ${shown(duration)}`,
    )
  return Math.ceil(ms)
}

/** A duration, or `Infinity` for no bound. */
export function parseBound(duration: Duration, what: string, min = 0): Millis {
  return duration === Infinity ? Infinity : parseDuration(duration, what, min)
}

function parseText(text: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text)
  return match === null ? Number.NaN : Number(match[1]) * unitMs[match[2]!]!
}
