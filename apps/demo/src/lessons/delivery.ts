import { codeOf } from './code-of.ts'
import type { HandLesson } from './lesson.ts'

/** A job may run more than once, and what to do about it. */
export const delivery: HandLesson = {
  kind: 'hand',
  id: 'delivery',
  title: 'Once, or at least once?',
  idea: 'No queue can promise that a job runs only once. It can give you what you need to make the effect happen once.',
  act: 'The job is to charge a card 20 € and to write where the parcel ships from. Let worker A charge the card and crash before it reports. Then let time pass, and let worker B do its duty.',
  script: 'delivery',
  settings: [
    {
      id: 'guard',
      label: 'What guards the effects',
      start: 'none',
      choices: [
        ['none', 'nothing'],
        ['key', 'the bank knows the job’s idempotency key'],
        ['fence', 'the key, and the record checks the fencing token'],
      ],
    },
  ],
  groups: [
    ['Worker A', ['claimA', 'chargeA', 'writeA', 'reportA', 'crash', 'sleep', 'wake']],
    ['Worker B', ['claimB', 'chargeB', 'writeB', 'reportB']],
    ['The clock', ['wait']],
  ],
  goals: [
    { label: 'The card is charged twice', reached: ({ figures }) => figures.charges! > 1 },
    {
      label: 'With the key, it is charged once though two workers tried',
      reached: ({ figures, effects }, { guard }) =>
        guard !== 'none' && figures.charges === 1 && effects.some(({ kind }) => kind === 'refused'),
    },
    {
      label: 'A sleeper overwrites the record with what is no longer true',
      reached: ({ figures }) => figures.stale! > 0,
    },
    {
      label: 'With the token, the sleeper’s write is refused',
      reached: ({ effects }, { guard }) =>
        guard === 'fence' && effects.some(({ kind, text }) => kind === 'refused' && text.includes('token')),
    },
  ],
  figures: { charges: 'times charged', stale: 'stale writes', attempts: 'attempts', token: 'fencing token' },
  prediction: {
    ask: 'Worker A charges the card and crashes before it says so. How often has the card been charged when the job is done, with nothing to guard it?',
    choices: [
      ['0', 'Never: the job failed.'],
      ['1', 'Once: the queue knows what A did.'],
      ['2', 'Twice: the queue cannot know what A did.'],
    ],
  },
  proof: {
    deeds: ['claimA', 'chargeA', 'crash', 'wait', 'wait', 'claimB', 'chargeB', 'reportB'],
    options: { guard: 'none', seed: '1' },
  },
  verdict(frames) {
    const { charges, attempts } = frames.at(-1)!.figures
    return {
      right: String(charges),
      says: `Played just now by the core: ${attempts} attempts, ${charges} charges. The effect was outside the queue, so the crash hid it.`,
    }
  },
  why: [
    'Between the effect and the report there is a gap, and a worker can die in it. If the queue then runs the job again, the effect may come twice; if it does not, the effect may never come. There is no third way. Millrace runs it again: at least once.',
    'The first remedy is a key. Give the bank the job’s id with each charge, and a second charge of the same job is no charge. Try it: set the guard to the key and do the same again.',
    'A key does not help where the last one to write wins. Let A fall asleep with the lease, let B do the work, and wake A: it overwrites the record with what was true half a minute ago. The second remedy is the fencing token, a number that rises with every claim. Whoever keeps the highest one it has seen can refuse the sleeper.',
  ],
  honest: [
    'This bank remembers its keys for ever. Real ones forget after a day or so: retries must be over by then.',
    'The record checks the token and writes in one step. A database does that with a condition on the update; a plain file does not.',
    'Nothing goes wrong between the bank and the card here.',
  ],
  code: {
    about: 'The job’s id is the key, and the token is in the handler’s context.',
    text: codeOf('delivery'),
  },
}
