import type { Missed, Occurrence, Overlap, Reply, Schedule } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk, start } from './desk.ts'

const everyMs = 10_000

function schedule(given: Partial<Schedule> = {}): Schedule {
  return {
    id: 's',
    spec: { everyMs, anchor: 0 },
    missed: 'latest',
    overlap: 'allow',
    template: sampleJob('template'),
    nextAt: start,
    lastJob: '',
    paused: false,
    ...given,
  }
}

/** What a runtime that read the schedule with this cursor asks for now. */
function fire(desk: Desk, expected: number): Reply<'fire'> {
  const occurrences: Occurrence[] = []
  let next = expected
  for (; next <= desk.now; next += everyMs) occurrences.push({ id: `s@${next}`, nominalAt: next })
  if (occurrences.length === 0) return { fired: [] }
  return desk.run('fire', { id: 's', expected, occurrences, nextAt: next })
}

const cursor = (desk: Desk): number => desk.rows.schedule('s')!.nextAt

describe('a schedule', () => {
  it('fires every occurrence exactly once, however many runtimes look at it, with cursors of any age', () => {
    const look = fc.record({
      afterMs: fc.nat({ max: 25_000 }),
      stale: fc.nat({ max: 3 }),
      runtimes: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
        // Nothing is kept, so that only the cursor remembers what was fired.
        const desk = new Desk({ retention: forgetful })
        desk.run('putSchedule', { schedule: schedule({ missed: { all: 1_000 } }) })
        const cursors = [start]
        const fired: string[] = []
        for (const { afterMs, stale, runtimes } of looks) {
          desk.now += afterMs
          const read = cursors.at(-1 - (stale % cursors.length))!
          for (let runtime = 0; runtime < runtimes; runtime++)
            fired.push(...fire(desk, runtime === 0 ? cursor(desk) : read).fired)
          cursors.push(cursor(desk))
          for (const job of desk.claim()) desk.complete(job)
        }
        const expected: string[] = []
        const last = looks.length === 0 ? start - 1 : desk.now
        for (let at = start; at <= last; at += everyMs) expected.push(`s@${at}`)
        expect(fired).toEqual(expected)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it.each<readonly [Missed, readonly number[]]>([
    ['latest', [3]],
    [{ all: 2 }, [2, 3]],
    [{ all: 0 }, []],
    [{ all: 9 }, [0, 1, 2, 3]],
    ['skip', [3]],
  ])('that was missed with the policy %j fires what that says', (missed, expected) => {
    const desk = new Desk()
    desk.run('putSchedule', { schedule: schedule({ missed }) })
    desk.now += 3 * everyMs
    expect(fire(desk, start).fired).toEqual(expected.map((nth) => `s@${start + nth * everyMs}`))
    expect(cursor(desk)).toBe(start + 4 * everyMs)
  })

  it('that skips what was missed fires nothing when the last occurrence is older than a minute', () => {
    const at = (late: number): readonly string[] => {
      const desk = new Desk()
      desk.run('putSchedule', { schedule: schedule({ missed: 'skip' }) })
      desk.now = start + late
      return desk.run('fire', {
        id: 's',
        expected: start,
        occurrences: [{ id: 'one', nominalAt: start }],
        nextAt: start + 1e9,
      }).fired
    }
    expect([at(60_000), at(60_001)]).toEqual([['one'], []])
  })

  it.each<readonly [Overlap, string, string]>([
    ['allow', 'processing', 'enqueued'],
    ['skip', 'processing', 'gone'],
    ['queue', 'processing', 'blocked'],
    ['cancelPrevious', 'processing', 'enqueued'],
  ])('whose last job still runs: %s', (overlap, first, second) => {
    const desk = new Desk()
    desk.run('putSchedule', { schedule: schedule({ overlap }) })
    fire(desk, start)
    const [job] = desk.claim()
    desk.now += everyMs
    fire(desk, cursor(desk))
    expect([desk.state(job!.id), desk.state(`s@${start + everyMs}`)]).toEqual([first, second])
    expect(desk.job(job!.id).extras.cancel !== undefined).toBe(overlap === 'cancelPrevious')
    desk.fail(job!, 'nonRetryable')
    if (overlap !== 'skip') expect(desk.state(`s@${start + everyMs}`)).toBe('enqueued')
  })

  it('that is paused, dropped or unknown fires nothing', () => {
    const desk = new Desk()
    expect(fire(desk, start).fired).toEqual([])
    desk.run('putSchedule', { schedule: schedule({ paused: true }) })
    expect(fire(desk, start).fired).toEqual([])
    desk.run('dropSchedule', { id: 's' })
    expect(fire(desk, start).fired).toEqual([])
  })

  it('put again unchanged keeps its place in time; changed, it starts anew and knows its last job', () => {
    const desk = new Desk()
    desk.run('putSchedule', { schedule: schedule({ overlap: 'skip' }) })
    fire(desk, start)
    const moved = desk.rows.schedule('s')!
    const again = schedule({
      overlap: 'skip',
      nextAt: start + 5,
      template: sampleJob('another id', { payload: '{"of":"template"}' }),
    })
    expect(desk.run('putSchedule', { schedule: again })).toEqual({ outcome: 'unchanged' })
    expect(desk.rows.schedule('s')).toEqual(moved)
    expect(desk.run('putSchedule', { schedule: { ...again, missed: 'skip' } })).toEqual({ outcome: 'stored' })
    expect([cursor(desk), desk.rows.schedule('s')!.lastJob]).toEqual([start + 5, `s@${start}`])
  })

  it('obeys the unique policy of its template', () => {
    const desk = new Desk()
    const unique = { key: 'k', while: 'unfinished', onConflict: 'keep' } as const
    desk.run('putSchedule', {
      schedule: schedule({ template: sampleJob('template', { extras: { unique } }) }),
    })
    expect(fire(desk, start).fired).toEqual([`s@${start}`])
    desk.now += everyMs
    expect(fire(desk, cursor(desk)).fired).toEqual([])
    expect(desk.ids()).toEqual([`s@${start}`])
  })

  it('gives its job the nominal time, and takes what else it is from the template', () => {
    const desk = new Desk()
    const template = sampleJob('template', { priority: 3, extras: { key: 'k', correlationId: 'c' } })
    desk.run('putSchedule', { schedule: schedule({ template }) })
    desk.now += 3
    fire(desk, start)
    const { extras, priority, runAt } = desk.job(`s@${start}`)
    expect(extras).toEqual({ key: 'k', correlationId: 'c', schedule: { id: 's', nominalAt: start } })
    expect([priority, runAt]).toEqual([3, start + 3])
  })
})

const none = { ageMs: 0, count: 0 }
const forgetful = { completed: none, dead: none, cancelled: none, expired: none }
