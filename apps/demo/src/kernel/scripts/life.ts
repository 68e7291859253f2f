import type { Deed, Script } from '../frame.ts'
import type { HandBench } from '../hand-bench.ts'
import { stateOf, unless, wait } from './conditions.ts'

const worker = 'worker'
const isNew = (bench: HandBench): string | undefined =>
  unless(bench.job('photo') === undefined, 'the job is already there')
const isHeld = (bench: HandBench): string | undefined =>
  unless(bench.held.has(worker) && !bench.silent.has(worker), 'no worker has it in hand')

const enqueues: readonly Deed[] = [
  {
    id: 'enqueue',
    label: 'Enqueue the job',
    hindrance: isNew,
    async perform(bench) {
      await bench.enqueue('photo')
      return 'Accepted. Any worker may take it.'
    },
  },
  {
    id: 'later',
    label: 'Enqueue it for later',
    hindrance: isNew,
    async perform(bench) {
      await bench.enqueue('photo', { delayMs: 20_000 })
      return 'Accepted. It is due in 20 s.'
    },
  },
  {
    id: 'behind',
    label: 'Enqueue it behind another',
    hindrance: isNew,
    async perform(bench) {
      await bench.enqueue('scan')
      await bench.enqueue('photo', { extras: { parents: [{ id: 'scan', onFailure: 'fail' }] } })
      return 'Accepted. It waits until the job named scan is done.'
    },
  },
  {
    id: 'deadline',
    label: 'Enqueue it with a deadline',
    hindrance: isNew,
    async perform(bench) {
      await bench.enqueue('photo', { extras: { deadline: bench.now + 10_000 } })
      return 'Accepted. If it has not started in 10 s, it is too late.'
    },
  },
]

const works: readonly Deed[] = [
  {
    id: 'claim',
    label: 'A worker claims',
    hindrance: (bench) =>
      bench.held.has(worker) && !bench.silent.has(worker)
        ? 'the worker is busy'
        : unless(
            bench.jobs.some(({ state }) => state === 'enqueued'),
            'nothing is ready',
          ),
    async perform(bench) {
      if (bench.held.has(worker)) bench.held.set('silent worker', bench.held.get(worker)!)
      bench.silent.delete(worker)
      const job = await bench.claim(worker)
      return job === undefined
        ? 'There was nothing to claim.'
        : `${job.name} is leased for 30 s. Attempt ${job.attempt}, fencing token ${job.epoch}.`
    },
  },
  {
    id: 'complete',
    label: 'It reports: done',
    hindrance: isHeld,
    async perform(bench) {
      const { name } = bench.held.get(worker)!
      await bench.report(worker, 'complete')
      return `${name} is done, and its result is kept.`
    },
  },
  {
    id: 'fail',
    label: 'It reports: failed',
    hindrance: isHeld,
    async perform(bench) {
      const { id } = bench.held.get(worker)!
      await bench.report(worker, 'fail')
      const job = bench.job(id)!
      return job.state === 'dead'
        ? `Failure ${job.failures} was the last one allowed: it is put aside.`
        : `Failure ${job.failures} of 3. The next try is in ${(job.runAt - bench.now) / 1_000} s.`
    },
  },
  {
    id: 'silent',
    label: 'It goes silent',
    hindrance: isHeld,
    perform(bench) {
      bench.silent.add(worker)
      return Promise.resolve('No word from the worker. Nobody knows whether it still works.')
    },
  },
  {
    id: 'reports',
    label: 'The silent one reports: done',
    hindrance: (bench) =>
      unless(bench.held.has('silent worker') || bench.silent.has(worker), 'no worker is silent'),
    async perform(bench) {
      const who = bench.held.has('silent worker') ? 'silent worker' : worker
      const outcome = await bench.report(who, 'complete')
      return outcome === 'settled'
        ? 'It came back in time: nobody had taken the job from it, so its result counts.'
        : 'Too late: its fencing token is old. Nothing was changed.'
    },
  },
]

const orders: readonly Deed[] = [
  {
    id: 'cancel',
    label: 'Cancel the job',
    hindrance: (bench) =>
      unless(
        ['scheduled', 'blocked', 'enqueued', 'retrying'].includes(stateOf(bench, 'photo') ?? ''),
        'it does not wait for anything',
      ),
    async perform(bench) {
      await bench.run('cancel', { ids: ['photo'], reason: 'the reader' })
      return 'Cancelled before it ran.'
    },
  },
  {
    id: 'redrive',
    label: 'Redrive it',
    hindrance: (bench) => unless(stateOf(bench, 'photo') === 'dead', 'it is not among the dead letters'),
    async perform(bench) {
      await bench.run('redrive', { ids: ['photo'], limit: 1 })
      return 'It goes round again: fresh counters, the same history, and the token never falls.'
    },
  },
]

/** The life of one job, driven by hand through every state. */
export const life: Script = {
  deeds: [...enqueues, ...works, wait, ...orders],
  figures(bench) {
    const job = bench.job('photo')
    return {
      attempts: job?.attempt ?? 0,
      token: job?.epoch ?? 0,
      failures: job?.failures ?? 0,
      crashes: job?.crashes ?? 0,
    }
  },
}
