import { codeOf } from './code-of.ts'
import type { HandLesson } from './lesson.ts'

/** Steps that are undone in reverse order when a later one dies. */
export const saga: HandLesson = {
  kind: 'hand',
  id: 'saga',
  title: 'Pay, ship, notify, undo',
  idea: 'What was done step by step cannot be rolled back, but it can be undone step by step.',
  act: 'Place the order, let pay and ship succeed, and then let notify fail for good. Watch which jobs appear that you never ordered.',
  script: 'saga',
  settings: [],
  groups: [
    ['You', ['order', 'redrive']],
    ['The worker', ['ok', 'fail', 'forGood']],
    ['The clock', ['wait']],
  ],
  goals: [
    {
      label: 'All three steps are done',
      reached: ({ figures }) => figures.done === 3,
    },
    {
      label: 'A step fails and is tried again',
      reached: ({ jobs }) => jobs.some(({ state }) => state === 'retrying'),
    },
    {
      label: 'The parcel is called back before the money is given back',
      reached: ({ jobs }) => {
        const state = (name: string): string | undefined => jobs.find((job) => job.name === name)?.state
        return state('recall') === 'completed' && state('refund') !== 'completed'
      },
    },
    {
      label: 'Everything is undone, and nobody is owed anything',
      reached: ({ figures }) => figures.undone === 2 && figures.owed === 0,
    },
    {
      label: 'A compensation dies, and a redrive takes the saga up again',
      reached: ({ jobs }) =>
        jobs.some(({ name, generation }) => ['refund', 'recall'].includes(name) && generation > 0),
    },
  ],
  figures: { done: 'steps done', undone: 'steps undone', owed: '€ owed to the customer if it ends here' },
  prediction: {
    ask: 'Pay and ship have succeeded, and notify fails for good. What happens?',
    choices: [
      ['nothing', 'Nothing: the customer has paid and the parcel is on its way.'],
      ['payFirst', 'The money is given back, then the parcel is called back.'],
      ['shipFirst', 'The parcel is called back, then the money is given back.'],
      ['both', 'Both at the same time.'],
    ],
  },
  proof: { deeds: ['order', 'ok', 'ok', 'forGood', 'ok', 'ok'], options: {} },
  verdict(frames) {
    const undone = frames
      .at(-1)!
      .effects.filter(({ kind }) => kind === 'undone')
      .map(({ text }) => text)
    return {
      right: undone[0]?.includes('parcel') === true ? 'shipFirst' : 'payFirst',
      says: `The core undid ${frames.at(-1)!.figures.undone} steps, the latest first: ${undone.join(', then ')}.`,
    }
  },
  why: [
    'Each step is a job of its own, with its own retries. A step that can be undone names the job that undoes it. When a step dies for good, nothing new starts, and those that were done are undone from the last to the first: a later step may rest on an earlier one, so it has to go first.',
    'Undoing is a job like any other. It can fail and is tried again. If it dies too, the saga stands still where it is, and the dead letter waits for somebody: redrive it, and the saga goes on from there.',
    'A step that failed in the middle may have had its effect all the same. So a step that was attempted and did not complete is undone as well, if it names an undoing. Undoing must therefore be safe where nothing was done.',
  ],
  honest: [
    'Between a step and its undoing the world can see it: for a while the parcel is on its way and the order is dead. A saga is not a transaction.',
    'Not everything can be undone. A mail that was read stays read, which is why notify comes last and names no undoing.',
    'Here the steps run one after the other. In a flow they can branch and meet again.',
  ],
  code: { about: 'A flow with compensations is accepted as a whole, or not at all.', text: codeOf('saga') },
}
