import { defineJob, MillraceError } from 'millrace'
import { describe, expect, it } from 'vitest'
import { calendarOf } from '../../packages/runtime/src/calendar.ts'
import { memory, setup, shared } from './setup.ts'

const report = defineJob<{ of: string }, void>('report')
const berlin = 'Europe/Berlin'

describe('a schedule', () => {
  it('makes a job at each of its times, and tells the handler which', async () => {
    const { runtime, clock } = await setup()
    const start = clock.now()
    const seen: number[] = []
    runtime.handle(report, (_, context) => void seen.push(context.nominalAt - start))
    runtime.work()
    await runtime.schedule('often', { every: '10s', job: report, payload: { of: 'x' } })
    await clock.advance(35_000)
    expect(seen).toEqual([10_000, 20_000, 30_000])
  })

  it('fires the newest missed occurrence once after a long sleep', async () => {
    const { runtime, clock } = await setup()
    await runtime.schedule('often', { every: '10s', job: report, payload: { of: 'x' } })
    const [first] = await runtime.schedules()
    clock.suspend(95_000)
    await clock.advance(1)
    const { jobs } = await runtime.jobs({})
    expect(jobs.map(({ id }) => id)).toEqual([
      `often@${new Date(first!.nextAt!.getTime() + 80_000).toISOString()}`,
    ])
  })

  it('is fired once by five runtimes on one store', async () => {
    const store = shared(await memory())
    const { runtime, clock } = await setup({ store })
    const others = await Promise.all(Array.from({ length: 4 }, () => setup({ store, clock })))
    let runs = 0
    for (const one of [runtime, ...others.map((other) => other.runtime)]) {
      one.handle(report, () => void runs++)
      one.work()
    }
    await runtime.schedule('often', { every: '10s', job: report, payload: { of: 'x' } })
    await clock.advance(100_000)
    expect(runs).toBe(10)
  })

  it('keeps its place in time when it is stored again as it was', async () => {
    const { runtime, clock } = await setup()
    const options = { every: '1m', job: report, payload: { of: 'x' } } as const
    await runtime.schedule('minutely', options)
    const [before] = await runtime.schedules()
    await clock.advance(20_000)
    await runtime.schedule('minutely', options)
    expect(await runtime.schedules()).toEqual([before])
  })

  it('ends when it is dropped', async () => {
    const { runtime, clock } = await setup()
    await runtime.schedule('often', { every: '10s', job: report, payload: { of: 'x' } })
    expect(await runtime.unschedule('often')).toBe(true)
    expect(await runtime.unschedule('often')).toBe(false)
    await clock.advance(60_000)
    expect((await runtime.jobs({})).jobs).toEqual([])
  })

  it.each([
    [{ cron: 'every day', job: report, payload: { of: 'x' } }, 'SCHEDULE_INVALID'],
    [{ cron: '0 0 31 2 *', job: report, payload: { of: 'x' } }, 'SCHEDULE_INVALID'],
    [{ cron: '0 0 * * *', timeZone: 'Mars/Olympus', job: report, payload: { of: 'x' } }, 'SCHEDULE_INVALID'],
    [{ job: report, payload: { of: 'x' } }, 'BAD_ARGUMENT'],
    [{ every: -1, job: report, payload: { of: 'x' } }, 'BAD_ARGUMENT'],
    [{ every: '1s', overlap: 'sometimes', job: report, payload: { of: 'x' } }, 'BAD_ARGUMENT'],
  ])('refuses %j', async (options, code) => {
    const { runtime } = await setup()
    const refused = await runtime.schedule('bad', options as never).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(MillraceError)
    expect((refused as MillraceError).code).toBe(code)
  })
})

describe('the times of a cron expression', () => {
  const times = async (
    cron: string,
    timeZone: string,
    from: string,
    count: number,
  ): Promise<readonly string[]> => {
    const { runtime, clock } = await setup()
    clock.setWall(Date.parse(from))
    return (await runtime.preview({ cron, timeZone }, count)).map((time) => time.toISOString())
  }

  it('fall once after a gap in spring', async () => {
    expect(await times('30 2 * * *', berlin, '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ])
  })

  it('fall once in an overlap in autumn', async () => {
    expect(await times('30 2 * * *', berlin, '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
  })

  it('know half-hour changes, quarter-hour zones and leap days', async () => {
    expect(await times('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', 2)).toEqual([
      '2026-10-03T15:30:00.000Z',
      '2026-10-04T15:15:00.000Z',
    ])
    expect(await times('0 0 29 2 *', 'Asia/Kathmandu', '2026-01-01T00:00:00Z', 1)).toEqual([
      '2028-02-28T18:15:00.000Z',
    ])
  })
})

it('an occurrence that is due this very millisecond is due', async () => {
  const calendar = await calendarOf({ cron: '0 5 * * *', timeZone: 'UTC' })
  const at = Date.UTC(2026, 0, 1, 5)
  expect([calendar.between(at, at, 1), calendar.between(at - 10, at - 1, 1)]).toEqual([[at], []])
})
