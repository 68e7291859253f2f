import { codeOf } from './code-of.ts'
import { duration } from './figures-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

type Seeded = object & { readonly seed: number }

const workers = 8
const mean = 0.1
const slowFor = 15
const horizon = 240

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
      maxFailures: 10,
      backoff: { kind: 'fixed', delay: 0.5 },
      jitter: 'none',
      timeout: 0.3,
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

/** The storm outlives its cause, and some remedies end it. */
export const storm: FilmLesson = {
  kind: 'film',
  id: 'storm',
  title: 'The storm that outlives its cause',
  idea: 'A service is slow for a quarter of a minute. What the retries make of it lasts many times as long.',
  act: 'Eight workers call a service that answers in a tenth of a second; after 0.3 s they give up and try again. Press the button, watch the line, and note when the cause is over.',
  horizon,
  speed: 5,
  action: { label: 'Slow the service down for 15 s', done: 'It was slow for 15 s from' },
  settings: [
    {
      id: 'load',
      label: 'Load before the trouble',
      start: '85',
      range: { min: 50, max: 92, step: 1, unit: '%' },
    },
    {
      id: 'remedy',
      label: 'Remedy of the second world',
      start: 'cancel',
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
    ask: 'The service was slow for 15 s and is well again. In the world as it is, how long does the line last after that?',
    range: { min: 0, max: 200, step: 5, unit: 's' },
  },
  questions: (values) =>
    both(values).map(([label, remedy]) => ({
      label: remedy === undefined ? label : 'With the remedy',
      scenario: scenario(values, remedy, [30]),
      replications: 8,
    })),
  estimates: (values) =>
    both(values).map(([, remedy]) => ({
      scenario: scenario(values, remedy, [30]),
      measure: { kind: 'recovery', endOfCause: 30 + slowFor, isGone: workers },
    })),
  figures: ({ reports, estimates }) =>
    reports.map((report, world) => [
      {
        label: 'The line lasts, after the cause',
        value: estimates[world]!.value,
        ci: estimates[world]!.ci,
        unit: 's',
      },
      duration(report, 'wait', 'mean', 'Average wait, over the four minutes'),
      {
        label: 'Timed-out attempts per run',
        value: report.timeouts / report.replications,
        unit: '',
      },
      { label: 'Turned away', value: (100 * report.rejected) / report.jobs, unit: '%' },
    ]),
  verdict({ estimates: [asItIs, helped] }) {
    return {
      right: asItIs!.value,
      says: `${numberText(asItIs!.value, 's')} on average over sixteen runs, though the cause lasted ${slowFor} s. With the remedy: ${numberText(helped!.value, 's')}.`,
    }
  },
  why: [
    'While the service is slow, hardly anything gets done, and everything that comes is added to the line. Each attempt that times out comes back for another. Worse, its handler does not know that nobody waits for it any more: it keeps its worker busy for nothing. Those are the crossed squares.',
    'When the service is well again, the line is still there, and only the idle time of the workers can shorten it. At 85 % load that is 15 % of them: a backlog of one minute’s work takes nearly seven to clear. The fuller the house, the longer the storm.',
    'So what ends it is what saves work or sheds it: handlers that stop when their signal says so, and a bound that turns the surplus away while there is trouble. Spreading the retries helps the service, not the line. And a retry budget does little here, because few of the attempts are retries: it is for the storms in which most of them are.',
  ],
  honest: [
    'Here every storm ends at last, because waiting in line makes no attempt fail. Where callers lose patience and call again while their first call is still in line, the load can stay above what can be done for good. Then only shedding ends it.',
    'The service gets slow by itself here. Real ones get slow because of the crowd, which feeds the storm.',
    'How long the line lasts is measured to a second: the film is looked at once each second.',
  ],
  code: {
    about: 'A time limit, a signal that is obeyed, a bound, and a budget for retries.',
    text: codeOf('storm'),
  },
}
