import { codeOf } from './code-of.ts'
import { duration, share } from './figures-of.ts'
import type { FilmLesson, Values } from './lesson.ts'
import { numberText } from './number-text.ts'
import { worldOf } from './worlds-of.ts'

const workers = 40
const burst = 40

function scenario(values: Values, jitter: string, more: object): object & { readonly seed: number } {
  const question = {
    v: 1,
    name: `retries-${jitter}`,
    seed: Number(values.seed),
    classes: [
      {
        id: 'mail',
        arrivals: { kind: 'trace', times: Array.from({ length: burst }, () => 1) },
        service: { dist: 'deterministic', value: 0.2 },
        failure: { p: Number(values.failing) / 100 },
      },
    ],
    workers: { count: workers },
    retry: {
      maxFailures: Number(values.tries),
      backoff: { kind: 'exponential', base: 2, factor: 2, max: 60 },
      jitter,
    },
    warmup: 0,
    ...more,
  }
  return question
}

const names: Readonly<Record<string, string>> = {
  spread: 'a quarter more',
  equal: 'half fixed, half by chance',
  full: 'all by chance',
}

/** Retries cure short troubles, jitter spreads them, and what fails on is put aside. */
export const retries: FilmLesson = {
  kind: 'film',
  id: 'retries',
  title: 'Try again, but not all at once',
  idea: 'Retries heal what is only broken for a moment; backoff and jitter keep them from doing harm; what never heals is put aside, not lost.',
  act: 'Forty mails are sent in the same instant, and the mail server fails every second time. Press Play and watch the triangles: in the first world each waits as long as the others, in the second chance decides.',
  horizon: 60,
  settings: [
    {
      id: 'failing',
      label: 'Attempts that fail',
      start: '50',
      range: { min: 10, max: 95, step: 5, unit: '%' },
    },
    {
      id: 'tries',
      label: 'Tries at most',
      start: '5',
      range: { min: 1, max: 8, step: 1, unit: '' },
      isFixed: true,
    },
    {
      id: 'jitter',
      label: 'Waiting time of the second world',
      start: 'full',
      isFixed: true,
      choices: [
        ['full', 'all by chance (full jitter)'],
        ['equal', 'half fixed, half by chance (equal jitter)'],
        ['spread', 'up to a quarter more (the default)'],
      ],
    },
  ],
  worlds: (values) =>
    [
      ['Without jitter', 'none'],
      [`With jitter: ${names[values.jitter!]}`, values.jitter!],
    ].map(([label, jitter]) =>
      worldOf({
        label: label!,
        scenario: scenario(values, jitter!, { stop: { horizon: 60 } }),
        workers,
        backoff: true,
        curve: 'running',
      }),
    ),
  prediction: {
    ask: 'Each attempt fails with the chance set above, and a mail is tried as often as set above. Of a hundred mails, how many end among the dead letters?',
    range: { min: 0, max: 100, step: 1, unit: 'mails' },
  },
  questions: (values) =>
    ['none', values.jitter!].map((jitter) => ({
      label: jitter === 'none' ? 'Without jitter' : 'With jitter',
      scenario: scenario(values, jitter, {}),
      replications: 100,
    })),
  estimates: (values) =>
    ['none', values.jitter!].map((jitter) => ({
      scenario: scenario(values, jitter, { stop: { horizon: 60 } }),
      measure: { kind: 'crowd', after: 1.5 },
    })),
  figures({ reports, estimates }, values) {
    const p = Number(values.failing) / 100
    const tries = Number(values.tries)
    return reports.map((report, world) => [
      share(report, 'dead', 'Mails among the dead letters', p ** tries),
      {
        label: 'Attempts per mail',
        value: report.attempts / report.jobs,
        ci: report.classes.mail!.shares.attemptsPerJob!.ci,
        theory: (1 - p ** tries) / (1 - p),
        unit: '',
      },
      {
        label: 'Most tries in the same tenth of a second, after the first',
        value: estimates[world]!.value,
        ci: estimates[world]!.ci,
        unit: '',
      },
      duration(report, 'sojourn', 'p95', 'Nineteen in twenty are settled within'),
    ])
  },
  verdict({ reports }, values) {
    const { value } = reports[0]!.classes.mail!.shares.dead!
    return {
      right: 100 * value,
      says: `${numberText(100 * value)} of a hundred, in ${reports[0]!.jobs.toLocaleString('en-GB')} simulated mails: the chance of ${values.failing} % has to strike ${values.tries} times in a row.`,
    }
  },
  bench: {
    title: 'And the dead letters?',
    act: 'Five mails have died: three because the server was silent, two because their address is wrong. Redrive ada before the server is mended and see what it is good for. Then mend it, and bring home what can be brought home.',
    script: 'deadLetters',
    groups: [
      ['You', ['mend', 'one', 'group', 'hopeless', 'discard']],
      ['The worker', ['work']],
      ['The clock', ['wait']],
    ],
    goals: [
      {
        label: 'Redriven too early, a mail dies again',
        reached: ({ jobs }) =>
          jobs.some(({ name, state, generation }) => name === 'ada' && state === 'dead' && generation > 0),
      },
      {
        label: 'One is sent round again alone, and arrives',
        reached: ({ jobs }) =>
          jobs.some(({ name, state }) => name === 'ada' && state === 'completed') &&
          jobs.some(({ name, generation }) => name === 'bob' && generation === 0),
      },
      {
        label: 'The rest of the group follows in one go',
        reached: ({ figures }) => figures.sent === 3,
      },
      {
        label: 'What can never arrive is thrown away, on purpose',
        reached: ({ jobs }) => jobs.length === 3,
      },
    ],
    figures: {
      silence: 'dead: the server was silent',
      address: 'dead: no such address',
      sent: 'sent',
    },
  },
  why: [
    'A try that fails half the time fails five times in a row only once in 32: few retries heal most short troubles. But they cost: here a mail takes nearly two attempts on average, and all of them land on a server that has trouble already.',
    'Backoff gives it air, by waiting 2 s, 4 s, 8 s and so on. It does not spread the crowd, though: those that failed together come back together, in the very same instant, and the server is hit by all of them again. Jitter draws each wait by chance, and the crowd becomes a drizzle. Look at the peaks of the two curves, and at the most tries in a tenth of a second.',
    'What fails on and on becomes a dead letter: the job with its whole history, grouped by what killed it. It is never dropped in silence. When the server is mended, one redrive sends the whole group round again: above, you can do it by hand.',
  ],
  honest: [
    'Attempts fail independently of each other here. Real servers fail in stretches, so the next try soon after the last is worth less than this.',
    'The mail server does not mind the crowd here. A real one slows down, and fails more for it.',
    'Forty mails are few: the film is one case of many. The numbers come from a hundred such runs.',
  ],
  code: {
    about: 'Retry is data on the job, so a crash is handled without the handler’s code.',
    text: codeOf('retries'),
  },
}
