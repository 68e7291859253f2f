import { codeOf } from './code-of.ts'
import { busy, duration } from './figures-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const kinds = [
  ['checkout', 'high', 66.7, 0.02, 'stripes', 40],
  ['stock', 'normal', 66.7, 0.04, 'plain', 40],
  ['mail', 'low', 33.3, 0.06, 'hole', 20],
] as const

function scenario(count: number, peak: number, seed: string, more: object): object {
  return {
    v: 1,
    name: 'black-friday',
    seed: Number(seed),
    classes: kinds.map(([id, queue, rate, mean]) => ({
      id,
      queue,
      arrivals: { kind: 'poisson', rate: (rate * peak) / 100 },
      service: { dist: 'lognormal', mean, cv2: 1 },
    })),
    queues: Object.fromEntries(kinds.map(([, queue, , , , weight]) => [queue, { weight }])),
    workers: { count },
    ...more,
  }
}

function asked({
  workers,
  peak,
  seed,
}: Values): readonly { readonly label: string; readonly scenario: object; readonly replications: number }[] {
  return [
    {
      label: `${workers} workers`,
      scenario: scenario(Number(workers), Number(peak), seed!, { stop: { jobs: 20_000 } }),
      replications: 8,
    },
  ]
}

/** How many workers, and how that is known. */
export const blackFriday: FilmLesson = {
  kind: 'film',
  id: 'black-friday',
  title: 'How many workers for Black Friday?',
  idea: 'A plan is a question with a number in it: how many workers, so that ninety-nine in a hundred wait less than half a second?',
  act: 'A thousandth of a Black Friday: 167 jobs a second in three queues. Five workers are too few for that: press Play and watch the lines. Then pay for one more at a time, until the lines hold.',
  horizon: 20,
  settings: [
    { id: 'workers', label: 'Workers', start: '5', range: { min: 4, max: 24, step: 1, unit: '' } },
    {
      id: 'peak',
      label: 'Crowd',
      start: '100',
      range: { min: 50, max: 300, step: 10, unit: '% of the forecast' },
    },
  ],
  worlds: ({ workers, peak, seed }) => [
    worldOf({
      label: `${workers} workers`,
      scenario: scenario(Number(workers), Number(peak), seed!, { warmup: 0, stop: { horizon: 20 } }),
      workers: Number(workers),
      looks: kinds.map(([label, , , , texture]) => ({ label, texture })),
      lines: kinds.map(([label]) => label),
    }),
  ],
  prediction: {
    ask: 'How many workers does it take, at the least, for ninety-nine in a hundred jobs of every kind to wait less than half a second?',
    range: { min: 1, max: 30, step: 1, unit: 'workers' },
  },
  objective: 'p99 wait < 0.5s',
  questions: asked,
  figures: ({ reports: [report] }) => [
    [
      ...kinds.map(([id], index) =>
        duration(report!, 'wait', 'p99', `${id}: one in a hundred waits longer than`, index),
      ),
      busy(report!),
    ],
  ],
  verdict({ plan }, { peak }) {
    if (plan?.workers == null)
      return { right: 0, says: `The planner could not decide it: ${plan?.because ?? ''}` }
    return {
      right: plan.workers,
      says: `${plan.workers} at ${peak} % of the forecast: ${plan.because}. They are busy ${numberText(100 * (plan.utilization ?? 0))} % of the time.`,
    }
  },
  why: [
    'Work that comes, times the time it takes, gives the workers that are busy on average: 66.7 × 0.02 + 66.7 × 0.04 + 33.3 × 0.06 is 6. Fewer than that can never do it, and exactly six drown, as lesson seven has shown. The question is how many more.',
    'The planner answers by trying: the same luck with one worker more and one less, until the interval of the one lies below the bound and the interval of the other above it. That is the certificate. Whoever doubts it runs the seeds again and compares the hashes.',
    'The first worker above the average does most of the good, the next a little, the ones after that almost none. What you pay beyond is room for a crowd that is larger than the forecast: push the crowd to 120 % and see.',
  ],
  honest: [
    'The forecast is a number and the crowd is not. Plan for the crowd you fear, not for the one you expect.',
    'Workers wake at once here. Those that look into their queues every 100 or 500 ms add that to each wait: the scenario file has a setting for it.',
    'A peak does not stand still as this one does. For a day that rises and falls, give the planner the whole day.',
    'To answer in seconds, this page lets the planner look at 250,000 jobs for each number of workers at most. The command line is more patient.',
  ],
  code: { about: 'The same question in code. It is also a command: sim plan.', text: codeOf('black-friday') },
}
