import { codeOf } from './code-of.ts'
import { duration, share } from './figures-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const workers = 4
const looks = [
  { label: 'somebody’s photo', texture: 'plain' },
  { label: 'your photo', texture: 'plain', mine: true },
] as const

function scenario(
  rate: string,
  isQueued: boolean,
  seed: string,
  more: object,
  acts: readonly number[] = [],
): object {
  const service = { dist: 'lognormal', mean: 2, cv2: 1.5 }
  const mine = { id: 'yours', arrivals: { kind: 'trace', times: acts }, service }
  return {
    v: 1,
    name: isQueued ? 'queued' : 'in-request',
    seed: Number(seed),
    classes: [
      { id: 'photo', arrivals: { kind: 'poisson', rate: Number(rate) }, service },
      ...(acts.length > 0 ? [mine] : []),
    ],
    queues: { default: isQueued ? {} : { capacity: workers, overflow: 'reject' } },
    workers: { count: workers },
    ...more,
  }
}

const worlds = [
  ['Within the request', false],
  ['Through a queue', true],
] as const

function asked(
  values: Values,
): readonly { readonly label: string; readonly scenario: object; readonly replications: number }[] {
  return worlds.map(([label, isQueued]) => ({
    label,
    scenario: scenario(values.rate!, isQueued, values.seed!, { stop: { jobs: 20_000 } }),
    replications: 10,
  }))
}

/** Why slow work does not belong in the request. */
export const request: FilmLesson = {
  kind: 'film',
  id: 'request',
  title: 'Why not in the request?',
  idea: 'A page that makes the thumbnail before it answers lets you wait, and turns people away when it is busy. A queue takes the photo and lets you go.',
  act: 'Upload your photo into both worlds at once and see how long each lets you wait. Then do it again when it is crowded.',
  horizon: 60,
  action: { label: 'Upload my photo', done: 'You uploaded at' },
  mine: {
    ofClass: 1,
    says: [
      {
        waits: 'Your page is loading: you cannot go on.',
        done: 'Your page answered.',
        refused: 'Error 503: too busy, try again later.',
      },
      {
        waits: 'Your page answered at once; the thumbnail is on its way.',
        done: 'The thumbnail is there.',
        refused: '',
      },
    ],
  },
  settings: [
    {
      id: 'rate',
      label: 'Photos per second',
      start: '1.6',
      range: { min: 0.4, max: 1.9, step: 0.1, unit: '' },
    },
  ],
  worlds: ({ rate, seed }, acts) =>
    worlds.map(([label, isQueued]) =>
      worldOf({
        label,
        scenario: scenario(rate!, isQueued, seed!, { warmup: 0, stop: { horizon: 60 } }, acts),
        workers,
        looks,
        lines: undefined,
        losses: 'Turned away',
      }),
    ),
  prediction: {
    ask: 'Four photos can be made at once, each in about 2 s. That is time for two per second, and fewer come. Of a hundred people, how many does the first world turn away?',
    range: { min: 0, max: 60, step: 1, unit: 'people' },
  },
  questions: asked,
  figures: ({ reports }) =>
    reports.map((report) => [
      share(report, 'refused', 'People turned away'),
      duration(report, 'sojourn', 'mean', 'From upload to thumbnail, on average'),
      duration(report, 'sojourn', 'p99', 'One in a hundred waits longer than'),
    ]),
  verdict({ reports: [direct] }, { rate }) {
    const refused = 100 * direct!.classes.photo!.shares.refused!.value
    return {
      right: refused,
      says: `${numberText(refused)} of a hundred at ${rate} photos per second, though the workers have time enough on average. Erlang’s loss formula says the same.`,
    }
  },
  sweep: ({ seed }) => ({
    xLabel: 'photos per second',
    yLabel: 'turned away in %',
    xs: [0.4, 0.8, 1.2, 1.6, 2, 2.4],
    lines: [
      {
        label: 'within the request',
        question: (rate) => ({
          label: '',
          scenario: scenario(String(rate), false, seed!, { stop: { jobs: 10_000 } }),
          replications: 8,
        }),
        figure: (report) => share(report, 'refused', ''),
      },
    ],
  }),
  why: [
    'Photos do not come one every 0.6 s, they come in clusters. Within the request there is no place to stand: whoever comes while all four workers are busy is turned away, even though there is room again a second later.',
    'A queue is that place to stand. It takes the photo, answers at once, and evens out the clusters. Nobody is turned away. The price is honest: the thumbnail itself comes a little later for those who had to stand in line, and the page needs a way to show it when it is there.',
  ],
  honest: [
    'A real server that is busy often slows down before it turns anybody away.',
    'The answer “accepted” takes no time here. With a durable store it takes one flush to the disk.',
    'People who are turned away do not come back here. Most real ones try again, and make the crowd larger.',
  ],
  code: {
    about: 'The request enqueues and answers. A worker does the rest, in the same process or another.',
    text: codeOf('request'),
  },
}
