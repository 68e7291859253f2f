import { codeOf } from './code-of.ts'
import { busy, duration } from './figures-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const workers = 4
const calm = 70

const services: Readonly<Record<string, object>> = {
  even: { dist: 'deterministic', value: 1 },
  mixed: { dist: 'exponential', mean: 1 },
  wild: { dist: 'hyperexponential', mean: 1, cv2: 8 },
}

function scenario(load: number, values: Values, stop: object): object {
  return {
    v: 1,
    name: `cliff-${load}`,
    seed: Number(values.seed),
    classes: [
      {
        id: 'job',
        arrivals: { kind: 'poisson', rate: (workers * load) / 100 },
        service: services[values.spread!],
      },
    ],
    workers: { count: workers },
    stop,
  }
}

const long = { jobs: 20_000 }

/** Waiting grows without bound as the load comes near to one, and the faster the less alike the jobs are. */
export const cliff: FilmLesson = {
  kind: 'film',
  id: 'cliff',
  title: 'How full is too full?',
  idea: 'Workers that are busy nearly all the time make everybody wait: the last few per cent are the dear ones.',
  act: 'Both worlds get the same jobs in the same order, one a little faster. Press Play, then push the second world towards 98 % and watch its line.',
  horizon: 120,
  settings: [
    {
      id: 'load',
      label: 'Load of the second world',
      start: '95',
      range: { min: 50, max: 98, step: 1, unit: '%' },
    },
    {
      id: 'spread',
      label: 'The jobs are',
      start: 'mixed',
      choices: [
        ['even', 'all alike, 1 s each'],
        ['mixed', 'mixed, 1 s on average'],
        ['wild', 'mostly short, some very long, 1 s on average'],
      ],
    },
  ],
  worlds: (values) =>
    [calm, Number(values.load)].map((load) =>
      worldOf({ label: `${load} % busy`, scenario: scenario(load, values, { horizon: 120 }), workers }),
    ),
  prediction: {
    ask: 'In the first world the workers are busy 70 % of the time. How many times longer does a job wait in the second?',
    range: { min: 1, max: 60, step: 1, unit: 'times' },
  },
  questions: (values) =>
    [calm, Number(values.load)].map((load) => ({
      label: `${load} % busy`,
      scenario: scenario(load, values, long),
      replications: 10,
    })),
  figures: ({ reports }) =>
    reports.map((report) => [
      duration(report, 'wait', 'mean', 'Average wait'),
      duration(report, 'wait', 'p99', 'One in a hundred waits longer than'),
      busy(report),
    ]),
  verdict({ reports }, { load }) {
    const [few, many] = reports.map((report) => report.classes.job!.wait.mean) as [number, number]
    const times = many / few
    return {
      right: times,
      says: `At 70 % a job waits ${numberText(few, 's')}, at ${load} % it waits ${numberText(many, 's')}: ${numberText(times)} times as long, for work that takes the same second.`,
    }
  },
  sweep: (values) => ({
    xLabel: 'load in %',
    yLabel: 'average wait in s',
    xs: [50, 60, 70, 75, 80, 85, 90, 93, 95],
    lines: [
      {
        label: 'four workers',
        question: (load) => ({
          label: '',
          scenario: scenario(load, values, { jobs: 20_000 }),
          replications: 8,
        }),
        figure: (report) => duration(report, 'wait', 'mean', ''),
      },
    ],
  }),
  why: [
    'Jobs do not come evenly. When a few come together a line forms, and only idle time can shorten it again. At 70 % there is idle time in every minute; at 95 % there is next to none, so each small line waits for the next.',
    'The curve is not a bend that better code would straighten: for mixed jobs it is Erlang’s formula of 1917, and the simulator agrees with it within its interval. Choose jobs that are all alike, and the wait is about halved; choose wild ones, and it multiplies. So plan for the wait you can bear, not for busy machines.',
  ],
  honest: [
    'Arrivals are independent of each other here. Real ones come in bursts, which is worse.',
    'The workers never break and never slow each other down. On one machine, four busy threads also share its memory and its disk.',
    'Near 98 % the averages settle so slowly that even two hundred thousand jobs leave a wide interval. It is shown, not hidden.',
  ],
  code: {
    about: 'Watch how long the next in line has waited. It rises long before the machines look busy.',
    text: codeOf('cliff'),
  },
}
