import type { Report } from '@millrace/sim'
import { codeOf } from './code-of.ts'
import { duration, percent } from './figures-of.ts'
import type { FilmLesson, Figure, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const workers = 6
const mean = 0.5
const looks = [
  { label: 'order', texture: 'stripes' },
  { label: 'report', texture: 'hole' },
] as const

function scenario(values: Values, isBounded: boolean, more: object): object {
  const rate = (Number(values.load) / 100) * (workers / mean)
  const one = (id: string, part: number, priority: number): object => ({
    id,
    arrivals: { kind: 'poisson', rate: rate * part },
    service: { dist: 'exponential', mean },
    priority,
  })
  return {
    v: 1,
    name: isBounded ? `bounded-${values.overflow}` : 'unbounded',
    seed: Number(values.seed),
    classes: [one('order', 0.3, 1), one('report', 0.7, 0)],
    queues: {
      default: { ageing: 0, ...(isBounded && { capacity: Number(values.room), overflow: values.overflow }) },
    },
    workers: { count: workers },
    warmup: 0,
    ...more,
  }
}

/** Of all that came, what was turned away or thrown out. */
function lost(report: Report, label: string, theory?: number): Figure {
  const shares = Object.values(report.classes).map((one) => one.shares)
  const value = (report.rejected + report.expired) / report.jobs
  const width = shares.every(({ refused }) => refused?.ci)
    ? Math.max(...shares.map(({ refused }) => (refused!.ci![1] - refused!.ci![0]) / 2))
    : undefined
  const ci = width === undefined || report.expired > 0 ? null : ([value - width, value + width] as const)
  return {
    label,
    value: 100 * value,
    ci: percent(ci),
    theory: theory === undefined ? undefined : 100 * theory,
    unit: '%',
  }
}

const words: Readonly<Record<string, string>> = {
  reject: 'the newcomer is turned away',
  wait: 'the producer has to wait',
  shedOldest: 'the oldest is thrown out',
  shedLowest: 'the least important is thrown out',
}

/** A queue without a bound only hides that there is too much. */
export const backpressure: FilmLesson = {
  kind: 'film',
  id: 'backpressure',
  title: 'When there is too much',
  idea: 'If more comes than can be done, somebody will be disappointed. A bound lets you choose who, and when.',
  act: 'Press Play. Both worlds get the same jobs, more than six workers can do. The first takes them all. Choose what the second does when it is full.',
  horizon: 60,
  settings: [
    {
      id: 'load',
      label: 'What comes',
      start: '140',
      range: { min: 80, max: 200, step: 10, unit: '% of what can be done' },
    },
    {
      id: 'room',
      label: 'Room in the second world',
      start: '20',
      range: { min: 8, max: 60, step: 2, unit: 'jobs' },
    },
    {
      id: 'overflow',
      label: 'When it is full',
      start: 'reject',
      choices: Object.entries(words),
    },
  ],
  worlds: (values) =>
    [false, true].map((isBounded) =>
      worldOf({
        label: isBounded ? `Room for ${values.room}: ${words[values.overflow!]}` : 'No bound',
        scenario: scenario(values, isBounded, { stop: { horizon: 60 } }),
        workers,
        looks,
        lines: undefined,
        losses: isBounded ? (values.overflow!.startsWith('shed') ? 'Thrown out' : 'Turned away') : 'Lost',
      }),
    ),
  prediction: {
    ask: 'With what comes and the room as set above: of a hundred newcomers, how many does the second world turn away or throw out?',
    range: { min: 0, max: 100, step: 1, unit: 'jobs' },
  },
  questions: (values) =>
    [false, true].map((isBounded) => ({
      label: isBounded ? `Room for ${values.room}` : 'No bound',
      scenario: scenario(values, isBounded, { stop: { horizon: 300 } }),
      replications: 24,
    })),
  figures: ({ reports }, values) =>
    reports.map((report, world) => [
      lost(report, 'Jobs lost', world === 1 && values.overflow === 'reject' ? lossOf(values) : undefined),
      duration(report, 'wait', 'mean', 'Average wait of an order'),
      duration(report, 'wait', 'p99', 'One order in a hundred waits longer than'),
      { label: 'Longest line', value: report.depth.max, unit: 'jobs' },
    ]),
  verdict({ reports: [unbounded, bounded] }, { load }) {
    const share = (100 * (bounded!.rejected + bounded!.expired)) / bounded!.jobs
    const wait = unbounded!.classes.order!.wait.mean
    return {
      right: share,
      says: `${numberText(share)} of a hundred at ${load} %: about what is too much, and no more. The world without a bound loses nobody and lets each order wait ${numberText(wait, 's')} in these five minutes, and longer in the next.`,
    }
  },
  why: [
    'What is too much does not go away because a queue accepts it. Without a bound the line grows by the surplus, second after second; after five minutes everybody waits for minutes, also those whose answer nobody needs any more.',
    'A bound turns the surplus away at the door, with an error that says when to come back. Those who are let in wait a second or two. How many are lost is almost the same for every bound: it is the surplus, and only more workers or less work change it.',
    'Who is lost is your choice. Turn the newcomer away if its producer can come back. Let the producer wait if it can. Throw out the oldest if only the newest matters, as with positions on a map. Throw out the least important if some of it can be spared, and see how the orders with stripes fare.',
  ],
  honest: [
    'Room counts the jobs at work too: with room for 20 and six at work, fourteen can wait.',
    'Whoever is turned away does not come back here. Most real ones do, and then the surplus grows.',
    'The interval of what is lost is left out where jobs are thrown out: the simulator does not measure that share by itself.',
    'The theory beside the first number is for a line that has settled; five minutes from an empty one come close.',
  ],
  code: {
    about: 'A full queue throws an error with a code, and says when to come back.',
    text: codeOf('backpressure'),
  },
}

/** What an M/M/c/K queue refuses: the chance that it is full. */
function lossOf({ load, room }: Values): number {
  const offered = (Number(load) / 100) * workers
  let chance = 1
  let total = 1
  for (let jobs = 1; jobs <= Number(room); jobs++) {
    chance *= offered / Math.min(jobs, workers)
    total += chance
  }
  return chance / total
}
