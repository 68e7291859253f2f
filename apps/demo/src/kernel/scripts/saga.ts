import type { Extras, NewJob } from '@millrace/core'
import type { Deed, Script } from '../frame.ts'
import { kindOf, type Ending, type HandBench } from '../hand-bench.ts'
import { unless, wait } from './conditions.ts'

const worker = 'worker'
const undoOf = { pay: 'refund', ship: 'recall' } as const
const doneOf: Readonly<Record<string, string>> = {
  pay: '120 € taken',
  ship: 'the parcel has left',
  notify: 'the customer has the mail',
  refund: '120 € given back',
  recall: 'the parcel is called back',
}

/** Three steps in a row; the first two name the job that undoes them. */
function steps(): readonly NewJob[] {
  const after = (id: string): Extras => ({ parents: [{ id, onFailure: 'fail' }] })
  const step = (name: string, compensate: string | undefined, extras: Extras): NewJob => ({
    ...kindOf(name),
    id: name,
    payload: '{}',
    bytes: 2,
    priority: 0,
    runAt: 0,
    extras: {
      ...extras,
      flow: { id: 'order', step: name, ...(compensate !== undefined && { compensate: kindOf(compensate) }) },
    },
  })
  return [
    step('pay', undoOf.pay, {}),
    step('ship', undoOf.ship, after('pay')),
    step('notify', undefined, after('ship')),
  ]
}

function runs(id: string, label: string, ending: Ending): Deed {
  return {
    id,
    label,
    hindrance: (bench) => {
      const ready = bench.jobs.some(({ state }) => state === 'enqueued')
      return unless(ready, bench.jobs.length === 0 ? 'nothing is ordered yet' : 'no step is ready')
    },
    async perform(bench) {
      const { name, id: job } = (await bench.claim(worker))!
      await bench.report(worker, ending)
      const after = bench.job(job)!
      if (ending === 'complete') {
        bench.effects.push({
          kind: name in doneOf && isUndo(name) ? 'undone' : 'done',
          text: doneOf[name] ?? name,
        })
        return `${name}: done.`
      }
      bench.effects.push({ kind: 'refused', text: `${name} fails` })
      return after.state === 'retrying'
        ? `${name} failed; it is tried again in a while.`
        : `${name} failed for good.`
    },
  }
}

function isUndo(name: string): boolean {
  return name === undoOf.pay || name === undoOf.ship
}

function completed(bench: HandBench, name: string): number {
  return bench.jobs.filter((job) => job.name === name && job.state === 'completed').length
}

/** A trip through pay, ship and notify, and back. */
export const saga: Script = {
  deeds: [
    {
      id: 'order',
      label: 'Place the order',
      hindrance: (bench) => unless(bench.jobs.length === 0, 'the order is placed'),
      async perform(bench) {
        await bench.run('enqueue', { jobs: steps(), atomic: true })
        return 'Three jobs were accepted at once, or none would have been.'
      },
    },
    runs('ok', 'The next step succeeds', 'complete'),
    runs('fail', 'The next step fails', 'fail'),
    runs('forGood', 'It fails for good', 'failForGood'),
    wait,
    {
      id: 'redrive',
      label: 'Redrive dead compensations',
      hindrance: (bench) =>
        unless(
          bench.jobs.some(({ name, state }) => isUndo(name) && state === 'dead'),
          'no compensation is dead',
        ),
      async perform(bench) {
        const ids = bench.jobs
          .filter(({ name, state }) => isUndo(name) && state === 'dead')
          .map(({ id }) => id)
        await bench.run('redrive', { ids, limit: 10 })
        return 'The compensation goes round again, and the saga goes on from there.'
      },
    },
  ],
  figures: (bench) => ({
    done: ['pay', 'ship', 'notify'].reduce((sum, name) => sum + completed(bench, name), 0),
    undone: completed(bench, 'refund') + completed(bench, 'recall'),
    owed: completed(bench, 'pay') > completed(bench, 'refund') ? 120 : 0,
  }),
}
