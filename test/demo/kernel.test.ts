import { parseScenario, runOnce } from '@millrace/sim'
import { describe, expect, test } from 'vitest'
import { play } from '../../apps/demo/src/kernel/by-hand.ts'
import { record } from '../../apps/demo/src/kernel/record.ts'
import { moves, type Trace } from '../../apps/demo/src/kernel/trace.ts'
import {
  forkable,
  forked,
  forkText,
  readFork,
  turns,
  type Fork,
  type Turn,
} from '../../apps/demo/src/lessons/fork.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import type { FilmLesson } from '../../apps/demo/src/lessons/lesson.ts'
import { valuesOf } from '../../apps/demo/src/lesson/values.ts'
import { Film } from '../../apps/demo/src/stage/film.ts'
import { historyOf } from '../../apps/demo/src/stage/history.ts'

const films = lessons.filter((lesson): lesson is FilmLesson => lesson.kind === 'film')

/** Nobody starts a job who is shown to have left. */
function expectNoStartOfThoseWhoLeft(film: Film): void {
  const { length, times, moves: made, workers } = film.trace
  for (let index = 0; index < length; index++) {
    film.seek(times[index]!)
    if (moves[made[index]!] === 'starts' && film.hasLeft(workers[index]!))
      throw new Error(`worker ${workers[index]} has left and starts a job at ${times[index]} s`)
  }
}

describe.for(films)('the film of $id', (lesson) => {
  const worlds = lesson.worlds(valuesOf(lesson.settings, new URLSearchParams('seed=3')), [5])

  test('is the run that the kernel makes without a witness', () => {
    for (const { scenario } of worlds) {
      const trace = record(scenario)
      expect(trace.hash).toBe(runOnce(parseScenario(scenario)).hash)
      const times = [...trace.times]
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    }
  })

  test('ends with the kernel’s own counts', () => {
    for (const world of worlds) {
      const trace = record(world.scenario)
      const film = new Film(trace, world)
      film.seek(trace.horizon)
      const { completed, dead, rejected, attempts, expired } = trace.totals
      expect([film.done, film.dead.size, film.refused, film.attempts, film.shed]).toEqual([
        completed,
        dead,
        rejected,
        attempts,
        expired,
      ])
      expect(film.waiting.size + film.working + film.backoff.size).toBe(trace.totals.unfinished)
    }
  })

  test('shows the same moment whether it was reached forwards or backwards', () => {
    const trace = record(worlds[0]!.scenario)
    const at = (film: Film): unknown => [film.done, [...film.waiting], [...film.backoff], [...film.slots]]
    const forwards = new Film(trace, worlds[0]!)
    forwards.seek(7)
    const backwards = new Film(trace, worlds[0]!)
    backwards.seek(trace.horizon)
    expect(backwards.seek(7)).toBe(false)
    expect(at(backwards)).toEqual(at(forwards))
    expect(historyOf(trace).waiting[0]).toBeGreaterThanOrEqual(0)
  })

  const values = valuesOf(lesson.settings, new URLSearchParams('seed=3'))
  const both = (fork: Fork): readonly Trace[] =>
    forked(lesson, values, [5], fork).map((world) => {
      const trace = record(world.scenario, world.fork)
      const film = new Film(trace, world)
      expectNoStartOfThoseWhoLeft(film)
      film.seek(trace.horizon)
      expect(film.done).toBe(trace.totals.completed)
      return trace
    })
  const past = (trace: Trace, at: number): readonly unknown[] =>
    [...trace.times].flatMap((time, index) =>
      time < at ? [[time, trace.jobs[index], moves[trace.moves[index]!]]] : [],
    )

  test.for(Object.keys(turns) as Turn[])('keeps its past when it forks: %s', (turn) => {
    const [before, after] = both({ at: 6, turn })
    expect(past(after!, 6)).toEqual(past(before!, 6))
    // Workers that nobody needs may stop without a difference.
    if (turn !== 'fewer' && turn !== 'halt') expect(after!.hash).not.toBe(before!.hash)
  })

  test.for(forkable(lesson))('keeps its past when a setting changes: $id', (setting) => {
    const { range, choices } = setting
    const others = choices?.map(([value]) => value) ?? [String(range!.min), String(range!.max)]
    const hashes = new Set<string>()
    for (const value of others) {
      const fork = { at: 6, setting, value }
      expect(readFork(lesson, forkText(fork))).toEqual(fork)
      const [before, after] = both(fork)
      expect(past(after!, 6)).toEqual(past(before!, 6))
      hashes.add(after!.hash)
    }
    expect(hashes.size).toBeGreaterThan(1)
  })
})

test.for(['4', '12'])('a crowd of seven that forks to %s workers says so', (workers) => {
  const lesson = films.find(({ id }) => id === 'black-friday')!
  const fork = readFork(lesson, `6~workers~${workers}`)!
  const world = forked(lesson, valuesOf(lesson.settings, new URLSearchParams('workers=7')), [], fork)[1]
  const film = new Film(record(world.scenario, world.fork), world)
  film.seek(5.9)
  expect(film.staff).toBe(7)
  film.seek(19)
  expect(film.staff).toBe(Number(workers))
  expect(film.working).toBeLessThanOrEqual(film.staff)
  film.seek(5.9)
  expect(film.staff).toBe(7)
})

describe('a job by hand', () => {
  test('can see all nine states', async () => {
    const paths = [
      'later~wait~claim~fail~wait~claim~complete',
      'behind~claim~complete~cancel',
      'deadline~wait',
      'enqueue~claim~fail~wait~claim~fail~wait~claim~fail~redrive',
    ]
    const seen = new Set<string>()
    for (const path of paths)
      for (const { jobs } of await play('life', path.split('~'), {}))
        for (const { name, state } of jobs) if (name === 'photo') seen.add(state)
    expect([...seen].sort()).toEqual([
      'blocked',
      'cancelled',
      'completed',
      'dead',
      'enqueued',
      'expired',
      'processing',
      'retrying',
      'scheduled',
    ])
  })

  test('goes round again alone, as a group, or dies of the same cause once more', async () => {
    const frames = await play('deadLetters', ['one', 'work', 'wait', 'work', 'wait', 'work', 'mend'], {})
    expect(frames[0]!.figures).toEqual({ silence: 3, address: 2, sent: 0 })
    expect(frames.at(-1)!.figures).toEqual({ silence: 3, address: 2, sent: 0 })
    expect(frames.at(-1)!.jobs.find(({ id }) => id === 'ada')!.generation).toBe(1)
    const path = ['mend', 'one', 'work', 'group', 'work', 'hopeless', 'work', 'discard']
    const figures = (await play('deadLetters', path, {})).map((frame) => frame.figures)
    expect(figures.slice(1)).toEqual([
      { silence: 3, address: 2, sent: 0 },
      { silence: 2, address: 2, sent: 0 },
      { silence: 2, address: 2, sent: 1 },
      { silence: 0, address: 2, sent: 1 },
      { silence: 0, address: 2, sent: 3 },
      { silence: 0, address: 0, sent: 3 },
      { silence: 0, address: 2, sent: 3 },
      { silence: 0, address: 0, sent: 3 },
    ])
  })

  test('leaves impossible deeds out, whatever the address says', async () => {
    const frames = await play('saga', ['ok', 'nonsense', 'order', 'order', 'wait'], {})
    expect(frames.map(({ told }) => told)).toEqual([
      '',
      'Three jobs were accepted at once, or none would have been.',
    ])
  })
})
