import { memoryStore } from '@millrace/store-memory'
import fc from 'fast-check'
import { createRuntime, defineJob } from 'millrace'
import { FaultStore, seededEntropy, VirtualClock } from 'millrace/testing'
import { expect, test } from 'vitest'
import { runs } from '../depth.ts'

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const
type Zone = (typeof zones)[number]
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const tick = defineJob<null, void>('tick')

const formats = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' }),
  ]),
)

/** What clocks on walls show, as if it were a time in UTC. Read from the platform, not from the library under test. */
function wall(zone: Zone, at: number): number {
  const [, d, month, year, h, m, s] = /(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)/.exec(
    formats.get(zone)!.format(at),
  )!
  return Date.UTC(Number(year), Number(month) - 1, Number(d), Number(h), Number(m), Number(s))
}

/** The first moment at which the walls show this or, after a gap, more: within a day, since no zone jumps further. */
function firstMoment(zone: Zone, shown: number): number {
  let [before, after] = [shown - day, shown + day]
  const exact = [before, after]
    .map((at) => shown - (wall(zone, at) - at))
    .filter((at) => wall(zone, at) === shown)
  if (exact.length > 0) return Math.min(...exact)
  while (after - before > minute) {
    const middle = before + Math.floor((after - before) / 2 / minute) * minute
    if (wall(zone, middle) >= shown) after = middle
    else before = middle
  }
  return after
}

interface Rule {
  readonly zone: Zone
  readonly at: readonly [hour: number, minute: number]
  readonly dayOfMonth: number | '*'
  readonly month: number | '*'
}

/** The moments after `from` up to `to`, by the definition: once on each date that matches. */
function expected({ zone, at, dayOfMonth, month }: Rule, from: number, to: number): readonly number[] {
  const moments: number[] = []
  for (let date = Math.floor(from / day - 2) * day; date <= to + 2 * day; date += day) {
    const local = new Date(date)
    if (dayOfMonth !== '*' && local.getUTCDate() !== dayOfMonth) continue
    if (month !== '*' && local.getUTCMonth() + 1 !== month) continue
    const moment = firstMoment(zone, date + at[0] * hour + at[1] * minute)
    if (moment > from && moment <= to) moments.push(moment)
  }
  return moments
}

const rule = fc.record<Rule>({
  zone: fc.constantFrom(...zones),
  at: fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat({ max: 23 })),
    fc.constantFrom(0, 15, 30, 45, 59),
  ),
  dayOfMonth: fc.oneof({ weight: 3, arbitrary: fc.constant('*' as const) }, fc.constantFrom(28, 29, 30, 31)),
  month: fc.oneof({ weight: 3, arbitrary: fc.constant('*' as const) }, fc.constantFrom(2, 4, 12)),
})

/** Days before clocks change somewhere, leap days and ends of months. */
const eve = fc.constantFrom(
  '2026-03-07',
  '2026-03-28',
  '2026-04-04',
  '2026-10-03',
  '2026-10-24',
  '2026-10-31',
  '2028-02-27',
)
const sleep = fc.oneof(fc.nat({ max: 2 * hour }), fc.nat({ max: 3 * day }), fc.nat({ max: 40 * day }))

test('five runtimes on one store fire each occurrence once, over clock changes, leap days and impossible dates', async () => {
  let fired = 0
  await fc.assert(
    fc.asyncProperty(
      rule,
      eve,
      fc.array(sleep, { minLength: 1, maxLength: 5 }),
      async (given, from, sleeps) => {
        const { zone, at, dayOfMonth, month } = given
        const clock = new VirtualClock(Date.parse(`${from}T00:00:00Z`))
        const store = new FaultStore(await memoryStore(), { sharing: true })
        const ran: number[] = []
        const five = await Promise.all(
          [1, 2, 3, 4, 5].map((seed) => createRuntime({ store, clock, entropy: seededEntropy(seed) })),
        )
        for (const runtime of five) {
          runtime.handle(tick, (_, { nominalAt }) => void ran.push(nominalAt))
          runtime.work()
        }
        const options = {
          cron: `${at[1]} ${at[0]} ${dayOfMonth} ${month} *`,
          timeZone: zone,
          missed: { all: 1_000 },
          overlap: 'allow',
          job: tick,
          payload: null,
        } as const
        const start = clock.now()
        const stored = five.map((runtime) =>
          runtime.schedule('s', options).then(
            () => 'stored',
            (error: { code: string }) => error.code,
          ),
        )
        const isImpossible = (month === 2 && Number(dayOfMonth) > 29) || (month === 4 && dayOfMonth === 31)
        expect(new Set(await Promise.all(stored))).toEqual(
          new Set([isImpossible ? 'SCHEDULE_INVALID' : 'stored']),
        )
        for (const ms of sleeps) {
          clock.suspend(ms)
          await clock.advance(2 * minute)
        }
        // What fell due just before the end of a sleep may be a minute late.
        const end = clock.now() - 2 * minute
        expect(ran.filter((time) => time <= end).toSorted((a, b) => a - b)).toEqual(
          isImpossible ? [] : expected(given, start, end),
        )
        expect(new Set(ran).size).toBe(ran.length)
        fired += ran.length
        await Promise.all(five.map((runtime) => runtime.close({ drain: 0 })))
      },
    ),
    { numRuns: runs(1_000) },
  )
  // Not for want of occurrences.
  expect(fired).toBeGreaterThan(20)
})
