import type { Job } from '@millrace/core'
import { ids } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const settleCases: CaseGroup = {
  name: 'settle',
  cases: {
    'a completed job keeps its result and gives up its lease': async (bench) => {
      await bench.acceptIds('a')
      const job = await bench.claimOne()
      bench.now += 5
      same(await bench.complete(job, '{"size":7}'), ['settled'], 'the outcome')
      const { state, owner, leaseUntil, since, extras } = await bench.job('a')
      same(
        { state, owner, leaseUntil, since, result: extras.result },
        { state: 'completed', owner: '', leaseUntil: 0, since: bench.now, result: '{"size":7}' },
        'the job',
      )
    },

    'a failed job waits out its backoff and comes back': async (bench) => {
      await bench.acceptIds('a')
      await bench.fail(await bench.claimOne(), 'no network')
      const job = await bench.job('a')
      same([job.state, job.failures, job.runAt], ['retrying', 1, bench.now + 1_000], 'the failed job')
      const { name, message, at, attempt, bucket } = job.extras.errors![0]!
      same(
        { name, message, at, attempt, bucket },
        { name: 'Error', message: 'no network', at: bench.now, attempt: 1, bucket: 'failure' },
        'the error',
      )
      bench.now += 999
      same(await bench.claim(), [], 'a claim too early')
      bench.now += 1
      const again = await bench.claimOne()
      same([again.id, again.attempt, again.epoch], ['a', 2, 2], 'the second attempt')
      await bench.fail(again)
      same((await bench.job('a')).runAt, bench.now + 2_000, 'the second retry')
    },

    'a job that fails too often is dead: exhausted': async (bench) => {
      await bench.accept(sampleJob('a', { retry: { ...plainRetry, maxFailures: 2 } }))
      await bench.fail(await bench.claimOne(), 'first')
      bench.now += 1_000
      await bench.fail(await bench.claimOne(), 'second')
      const { state, failures, extras } = await bench.job('a')
      same([state, failures, extras.reason], ['dead', 2, 'exhausted'], 'the job')
      same(
        extras.errors?.map(({ message }) => message),
        ['first', 'second'],
        'its errors',
      )
      bench.now += 86_400_000
      same(await bench.claim(), [], 'a claim a day later')
    },

    'what cannot be retried is dead at once': async (bench) => {
      await bench.acceptIds('a', 'b')
      const [a, b] = await bench.claim()
      const error = {
        name: 'TypeError',
        message: 'no such file',
        stack: 'TypeError: no such file',
        code: 'ENOENT',
      }
      await bench.settle(
        { ...heldOf(a!), outcome: 'fail', bucket: 'failure', error, dead: 'nonRetryable' },
        { ...heldOf(b!), outcome: 'fail', bucket: 'failure', error, dead: 'invalidPayload' },
      )
      const [first, second] = [await bench.job('a'), await bench.job('b')]
      same([first.state, first.extras.reason], ['dead', 'nonRetryable'], 'the first')
      same([second.state, second.extras.reason], ['dead', 'invalidPayload'], 'the second')
      const { at: _, attempt: __, bucket: ___, ...kept } = first.extras.errors![0]!
      same(kept, error, 'the error')
    },

    'a handler may say when to come back': async (bench) => {
      await bench.acceptIds('a')
      const error = { name: 'RetryAfter', message: '429' }
      const job = await bench.claimOne()
      await bench.settle({ ...heldOf(job), outcome: 'fail', bucket: 'failure', error, retryAfterMs: 77_000 })
      same((await bench.job('a')).runAt, bench.now + 77_000, 'the run time')
    },

    'a snoozed job comes back without a failure': async (bench) => {
      await bench.acceptIds('a')
      await bench.settle({ ...heldOf(await bench.claimOne()), outcome: 'snooze', delayMs: 60_000 })
      const { state, failures, snoozes, runAt, owner } = await bench.job('a')
      same(
        { state, failures, snoozes, runAt, owner },
        { state: 'scheduled', failures: 0, snoozes: 1, runAt: bench.now + 60_000, owner: '' },
        'the job',
      )
      bench.now += 60_000
      same((await bench.claimOne()).attempt, 2, 'the next attempt')
    },

    'a released job is claimable at once, and its attempt refunded': async (bench) => {
      await bench.acceptIds('a', 'b')
      const job = await bench.claimOne()
      await bench.settle({ ...heldOf(job), outcome: 'release' })
      same([await bench.state('a'), (await bench.job('a')).refunds], ['enqueued', 1], 'the job')
      same(ids(await bench.claim()), ['a', 'b'], 'the next claim, in the old order')
    },

    'every attempt ends in exactly one bucket': async (bench) => {
      await bench.accept(sampleJob('a', { retry: { ...plainRetry, maxFailures: 9, maxCrashes: 9 } }))
      const endings: readonly ((job: Job) => Promise<unknown>)[] = [
        (job) => bench.fail(job),
        (job) => bench.settle({ ...heldOf(job), outcome: 'snooze', delayMs: 1 }),
        (job) => bench.settle({ ...heldOf(job), outcome: 'release' }),
        (job) => bench.reap([job.owner]),
        (job) => bench.fail(job),
      ]
      for (const end of endings) {
        await end(await bench.claimOne())
        bench.now += 60_000
      }
      const { attempt, failures, crashes, snoozes, refunds } = await bench.job('a')
      same(
        { attempt, failures, crashes, snoozes, refunds },
        { attempt: 5, failures: 2, crashes: 1, snoozes: 1, refunds: 1 },
        'the buckets',
      )
    },

    'settlements of one batch are decided each for itself': async (bench) => {
      await bench.acceptIds('a', 'b')
      const [a, b] = await bench.claim()
      const outcomes = await bench.settle(
        { ...heldOf(a!), outcome: 'complete' },
        { ...heldOf(a!), outcome: 'complete' },
        { id: 'nobody', epoch: 1, outcome: 'complete' },
        { ...heldOf(b!), outcome: 'complete' },
      )
      same(outcomes, ['settled', 'lost', 'lost', 'settled'], 'the outcomes')
    },

    'the newest ten errors are kept, and long ones cut': async (bench) => {
      await bench.accept(sampleJob('a', { retry: { ...plainRetry, maxFailures: 100 } }))
      for (let attempt = 1; attempt <= 12; attempt++) {
        bench.now += 60_000
        await bench.fail(await bench.claimOne(), `${attempt}`.padEnd(9_000, '.'))
      }
      const { errors = [] } = (await bench.job('a')).extras
      same(
        errors.map(({ attempt }) => attempt),
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        'the attempts of the errors kept',
      )
      holds(
        errors.every(({ message }) => message.length === 8_192),
        'a message is not 8,192 characters long',
      )
    },

    'notes of a handler stay on the job': async (bench) => {
      await bench.acceptIds('a')
      const held = heldOf(await bench.claimOne())
      await bench.run('note', { ...held, progress: 0.25, lines: ['begun'] })
      await bench.run('note', { ...held, progress: 0.5, step: { name: '__proto__', result: '1' } })
      await bench.run('note', { ...held, lines: ['half'], step: { name: 'charge', result: '{"id":"ch_1"}' } })
      const { progress, log, steps = {} } = (await bench.job('a')).extras
      same([progress, log], [0.5, ['begun', 'half']], 'progress and log')
      same(
        Object.entries(steps),
        [
          ['__proto__', '1'],
          ['charge', '{"id":"ch_1"}'],
        ],
        'the steps',
      )
      await bench.fail(await bench.job('a'))
      same((await bench.job('a')).extras.steps?.charge, '{"id":"ch_1"}', 'the step at the next attempt')
    },
  },
}

function heldOf({ id, epoch }: Job): { id: string; epoch: number } {
  return { id, epoch }
}
