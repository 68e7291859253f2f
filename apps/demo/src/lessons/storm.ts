import { codeOf } from './code-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

type Seeded = object & { readonly seed: number }

const workers = 8
const mean = 0.1
const slowFor = 15
const slowAt = 30
const horizon = 180

const remedies: Readonly<
  Record<string, { readonly label: string; readonly retry?: object; readonly queue?: object }>
> = {
  cancel: { label: 'handlers stop when their time is up', retry: { cancelOnTimeout: true } },
  bound: { label: 'room for 60 jobs, the rest is told to come later', queue: { capacity: 60 } },
  jitter: {
    label: 'exponential backoff with jitter',
    retry: { backoff: { kind: 'exponential', base: 0.5, factor: 2, max: 60 }, jitter: 'full' },
  },
  budget: { label: 'a retry budget of 10 %', retry: { budget: { ratio: 0.1, burst: 20 } } },
}

function scenario(values: Values, remedy: string | undefined, acts: readonly number[]): Seeded {
  const { retry, queue } = remedies[remedy ?? ''] ?? {}
  const question = {
    v: 1,
    name: `storm-${remedy ?? 'as-it-is'}`,
    seed: Number(values.seed),
    classes: [
      {
        id: 'call',
        arrivals: { kind: 'poisson', rate: ((workers / mean) * Number(values.load)) / 100 },
        service: { dist: 'exponential', mean },
        failure: { p: 0.01 },
      },
    ],
    queues: { default: queue ?? {} },
    workers: { count: workers },
    retry: {
      maxFailures: 5,
      backoff: { kind: 'fixed', delay: 0.5 },
      jitter: 'none',
      timeout: 1,
      timeoutFrom: 'ready',
      cancelOnTimeout: false,
      ...retry,
    },
    faults: acts.map((at) => ({ kind: 'slow', at, for: slowFor, factor: 15 })),
    warmup: 0,
    stop: { horizon },
  }
  return question
}

function both(values: Values): readonly (readonly [label: string, remedy: string | undefined])[] {
  return [
    ['As it is', undefined],
    [`With a remedy: ${remedies[values.remedy!]!.label}`, values.remedy!],
  ]
}

/** The storm outlives its cause for good, and some remedies end it. */
export const storm: FilmLesson = {
  kind: 'film',
  id: 'storm',
  title: 'The storm that outlives its cause',
  idea: 'A service is slow for a quarter of a minute. What the retries make of it never ends by itself.',
  act: 'Eight workers call a service that answers in a tenth of a second. Whoever has waited a second, in line or for the answer, gives up and tries again. Press the button, watch the line, and note when the cause is over.',
  horizon,
  speed: 5,
  forks: 0,
  action: { label: 'Slow the service down for 15 s', done: 'It was slow for 15 s from' },
  settings: [
    {
      id: 'load',
      label: 'Load before the trouble',
      start: '70',
      range: { min: 30, max: 90, step: 5, unit: '%' },
    },
    {
      id: 'remedy',
      label: 'Remedy of the second world',
      start: 'cancel',
      world: 1,
      choices: Object.entries(remedies).map(([id, { label }]): [string, string] => [id, label]),
    },
  ],
  worlds: (values, acts) =>
    both(values).map(([label, remedy]) =>
      worldOf({
        label,
        scenario: scenario(values, remedy, acts),
        workers,
        backoff: true,
        losses: 'Dead or turned away',
      }),
    ),
  prediction: {
    ask: 'The service was slow for 15 s and is well again, and the workers have time to spare. In the world as it is, when is the line gone?',
    choices: [
      ['soon', 'After about as long as it was slow.'],
      ['late', 'It takes a minute or two.'],
      ['never', 'It is not: the line goes on growing.'],
    ],
  },
  questions: (values) =>
    both(values).map(([label, remedy]) => ({
      label: remedy === undefined ? label : 'With the remedy',
      scenario: scenario(values, remedy, [slowAt]),
      replications: 8,
    })),
  estimates: (values) =>
    both(values).map(([, remedy]) => ({
      scenario: scenario(values, remedy, [slowAt]),
      measure: { kind: 'recovery', endOfCause: slowAt + slowFor, isGone: workers },
    })),
  figures: ({ reports, estimates }) =>
    reports.map((report, world) => [
      {
        label: 'The line lasts, after the cause (the film ends after 135 s)',
        value: estimates[world]!.value,
        ci: estimates[world]!.ci,
        unit: 's',
      },
      {
        label: 'Of a hundred calls, done in three minutes',
        value: (100 * report.completed) / report.jobs,
        unit: '',
      },
      { label: 'Attempts that ran out of time', value: (100 * report.timeouts) / report.attempts, unit: '%' },
      {
        label: 'Turned away or dead',
        value: (100 * (report.rejected + report.dead)) / report.jobs,
        unit: '%',
      },
    ]),
  verdict({ estimates: [asItIs, helped] }) {
    const rest = horizon - slowAt - slowFor
    const lasts = (seconds: number): string =>
      seconds >= rest - 1 ? `until the film ends, ${rest} s later` : `for ${numberText(seconds, 's')}`
    return {
      right: asItIs!.value >= rest - 1 ? 'never' : asItIs!.value > 2 * slowFor ? 'late' : 'soon',
      says: `In sixteen runs, the line lasted ${lasts(asItIs!.value)} on average, though the cause lasted ${slowFor} s. With the remedy: ${lasts(helped!.value)}.`,
    }
  },
  why: [
    'While the service is slow a line forms, and soon everybody in it has waited for more than a second. They give up and come back. But the work for them is done all the same: the handler does not know that nobody waits for it any more, and keeps its worker busy for nothing. Those are the crossed squares.',
    'Now the service is well again, and it does not help. Nearly every job that reaches a worker has waited too long already, so the workers are busy with what is of no use, and new jobs join the line behind it. The load is what comes times the attempts each one takes, and that is more than can be done. Nothing in the system leads back: it has two steady states, and the trouble pushed it into the bad one.',
    'What ends it is what breaks the circle: handlers that stop when their signal says so, so that a lost attempt costs nothing; or a bound, so that nobody waits long enough to give up. A retry budget lets the line shrink in the end, but long after. Jitter alone spreads the retries and leaves their number as it is. Try each, also in the middle of the storm, with a fork. And try a load of 40 %: where there is room enough, no storm can live.',
  ],
  honest: [
    'Those who give up come back with the same job here. Callers who enqueue a new one each time make it worse.',
    'The service gets slow by itself. Real ones get slow because of the crowd, which feeds the storm.',
    'How long the line lasts is looked up in the film, three quarters of a second apart, and a film ends. A line that lasts to its end might have gone a minute later: look at which way the curve points.',
  ],
  code: {
    about: 'A time limit, a signal that is obeyed, a bound, and a budget for retries.',
    text: codeOf('storm'),
  },
}
