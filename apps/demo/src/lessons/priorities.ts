import { codeOf } from './code-of.ts'
import type { FilmLesson, Values, Figure } from './lesson.ts'
import type { Report } from '@millrace/sim'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const workers = 6
const rates = { high: 10, normal: 8, low: 4 } as const
const kinds = ['high', 'normal', 'low'] as const
const looks = [
  { label: 'high', texture: 'stripes' },
  { label: 'normal', texture: 'plain' },
  { label: 'low', texture: 'hole' },
] as const

const service = { dist: 'exponential', mean: 0.4 }
const capacity = workers / service.mean

function scenario(rule: string, values: Values, more: object): object {
  const base = {
    v: 1,
    name: `priorities-${rule}`,
    seed: Number(values.seed),
    workers: { count: workers },
    ...more,
  }
  const classes = kinds.map((id, index) => ({
    id,
    arrivals: { kind: 'poisson', rate: rates[id] },
    service,
    queue: rule === 'weights' ? id : 'default',
    priority: 20 - 10 * index,
  }))
  if (rule === 'weights')
    return { ...base, classes, queues: { high: { weight: 40 }, normal: { weight: 40 }, low: { weight: 20 } } }
  return { ...base, classes, queues: { default: { ageing: rule === 'strict' ? 'strict' : 0.5 } } }
}

const names: Readonly<Record<string, string>> = {
  weights: 'Weights 40 : 40 : 20',
  ageing: 'Priority with ageing',
}

function pace(report: Report, index: number, theory: number | undefined): Figure {
  const { throughput, throughputCi } = report.classes[kinds[index]!]!
  return { label: `Done per second, ${kinds[index]}`, value: throughput, ci: throughputCi, theory, unit: '' }
}

/** Strict priority starves, weights share, ageing bounds. */
export const priorities: FilmLesson = {
  kind: 'film',
  id: 'priorities',
  title: 'Who goes first?',
  idea: 'Strict priority is fine until there is too much of the important. Then the rest gets nothing at all, for ever.',
  act: 'More comes than the six workers can do. In the first world, high always goes first. Press Play and look for a low job at work. Then give the second world another rule.',
  horizon: 60,
  settings: [
    {
      id: 'rule',
      label: 'The second world’s rule',
      start: 'weights',
      isFixed: true,
      choices: [
        ['weights', 'three queues, weights 40 : 40 : 20'],
        ['ageing', 'one queue: who waits grows more important'],
      ],
    },
  ],
  worlds: (values) =>
    ['strict', values.rule!].map((rule) =>
      worldOf({
        label: names[rule] ?? 'High always goes first',
        scenario: scenario(rule, values, { warmup: 0, stop: { horizon: 60 } }),
        workers,
        looks,
        lines: ['high', 'normal', 'low'],
      }),
    ),
  prediction: {
    ask: 'About 240 low jobs come within a minute. In the world where high always goes first, how many of them are done by then?',
    range: { min: 0, max: 240, step: 5, unit: 'jobs' },
  },
  questions: (values) =>
    ['strict', values.rule!].map((rule) => ({
      label: names[rule] ?? 'High first',
      scenario: scenario(rule, values, { warmup: 0, stop: { horizon: 60 } }),
      replications: 60,
    })),
  figures: ({ reports }, { rule }) =>
    reports.map((report, world) =>
      kinds.map((_, index) =>
        pace(
          report,
          index,
          world === 1 && rule === 'weights' ? capacity * [0.4, 0.4, 0.2][index]! : undefined,
        ),
      ),
    ),
  verdict({ reports: [strict] }) {
    const done = strict!.classes.low!.throughput * 60
    return {
      right: done,
      says: `${numberText(done)} on average over ${strict!.replications} runs: those that slipped in at the very beginning. After that, there is always a high or a normal job before them.`,
    }
  },
  why: [
    'Workers can do 15 jobs a second and 22 come. High takes its 10, normal gets the 5 that are left, and low gets nothing. Not little: nothing, as long as it lasts.',
    'Weights give every queue its share of the workers’ attention: 40 : 40 : 20 means exactly that while all three have work, and everything to whoever has work when the others have none. The theory beside the numbers is those 15 a second, shared out.',
    'Ageing keeps one line but makes priority a head start in time: ten points are five seconds here. A low job that has waited ten seconds longer than a high one goes before it. So it can be late, but it cannot starve.',
  ],
  honest: [
    'Where more comes than can be done, no rule makes anybody’s line shorter: it only decides whose grows. Lesson six is about that.',
    'The jobs are all of one size. A long low job holds its worker while a high one waits: Millrace does not interrupt a handler for a better job.',
    'The film and the numbers begin with empty lines, so the first second of each run is kinder than the rest.',
  ],
  code: {
    about: 'Fifty jobs in each queue: of the first fifty done, twenty, twenty and ten.',
    text: codeOf('priorities'),
  },
}
