import { MillraceError, type Millis, type Schedule } from '@millrace/core'

/** The times a schedule fires at. */
export interface Calendar {
  /** The first time after this one; `Infinity` when there is none. */
  next(after: Millis): Millis
  /** Up to `count` times from `from` to `to`, both included: the newest ones, oldest first. */
  between(from: Millis, to: Millis, count: number): readonly Millis[]
}

/** Reads a schedule's rule. Cron comes from croner, loaded when the first expression is met: a page without schedules does not pay for it. */
export async function calendarOf(spec: Schedule['spec']): Promise<Calendar> {
  return 'cron' in spec ? await cronCalendar(spec.cron, spec.timeZone) : interval(spec.everyMs, spec.anchor)
}

/**
 * Wall-clock time of a zone, as croner counts it: what falls into a spring gap fires once after it, a fixed time in an autumn overlap
 * once, at its first; hours given as a pattern fire every real hour.
 */
async function cronCalendar(expression: string, timeZone: string): Promise<Calendar> {
  const { Cron } = await import('croner')
  const cron = understood(
    expression,
    timeZone,
    () => new Cron(expression, { timezone: timeZone, paused: true }),
  )
  return {
    next: (after) => cron.nextRun(new Date(after))?.getTime() ?? Infinity,
    between: (from, to, count) => {
      // A few first: a thousand leap days are four thousand years to look back on.
      for (let asked = Math.min(count, 4); ; asked = Math.min(count, asked * 4)) {
        // croner looks strictly before the time it is given.
        const times = cron.previousRuns(asked, new Date(to + 1)).map((date) => date.getTime())
        if (asked === count || times.length < asked || times.at(-1)! < from)
          return times.filter((time) => time >= from).reverse()
      }
    },
  }
}

/** Elapsed time from the anchor, whatever clocks on walls do. */
function interval(everyMs: Millis, anchor: Millis): Calendar {
  const index = (at: Millis): number => Math.floor((at - anchor) / everyMs)
  return {
    next: (after) => anchor + (index(after) + 1) * everyMs,
    between: (from, to, count) => {
      const last = index(to)
      const first = Math.max(index(from - 1) + 1, last - count + 1)
      return Array.from(
        { length: Math.max(0, last - first + 1) },
        (_, step) => anchor + (first + step) * everyMs,
      )
    },
  }
}

function understood<T>(expression: string, timeZone: string, read: () => T): T {
  try {
    // croner takes any text for a zone and only fails when it is asked for a time.
    new Intl.DateTimeFormat('en', { timeZone })
    return read()
  } catch (cause) {
    const message = `the schedule "${expression}" in ${timeZone} is not understood; cron has five or six fields, zones are named as in Europe/Berlin`
    throw new MillraceError('SCHEDULE_INVALID', message, { cause, outcome: 'no' })
  }
}
