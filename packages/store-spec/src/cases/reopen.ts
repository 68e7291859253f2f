import type { Extras } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { holds, same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const reopenCases: CaseGroup = {
  name: 'reopen',
  needs: 'reopen',
  cases: {
    'a store opened again has every job, whatever its state': async (bench) => {
      await fillWithEverything(bench)
      const before = await bench.list()
      const counts = await bench.run('countJobs', {})
      await bench.reopen()
      same(await bench.list(), before, 'the jobs')
      same(byQueue(await bench.run('countJobs', {})), byQueue(counts), 'the counts')
      same((await bench.run('listSchedules', {})).schedules.length, 1, 'the schedules')
    },

    'nothing is lost or doubled over many times': async (bench) => {
      for (let round = 0; round < 5; round++) {
        await bench.acceptIds(`a-${round}`, `b-${round}`)
        await bench.complete(await bench.claimOne())
        const before = await bench.list()
        await bench.reopen()
        same(await bench.list(), before, `the jobs after round ${round}`)
      }
      same((await bench.count()).completed, 5, 'the completed')
    },

    'leases and fences outlive the store': async (bench) => {
      await bench.acceptIds('a', 'b')
      const [a, b] = await bench.claim({ owner: 'w', leaseMs: 1_000 })
      await bench.reopen()
      same(await bench.claim(), [], 'a claim of what is leased')
      same(await bench.complete(a!), ['settled'], 'the end of an attempt from before')
      bench.now += 1_001
      same((await bench.reap()).reaped, 1, 'reaped')
      await bench.reopen()
      same(await bench.complete(b!), ['lost'], 'the end of a reaped attempt')
    },

    'unique and idempotency keys outlive the store': async (bench) => {
      const unique = { key: 'k', while: 'unfinished', onConflict: 'rerun' } as const
      const idempotency = { key: 'request', hash: 'one' }
      await bench.accept(sampleJob('a', { extras: { unique } }), sampleJob('b', { extras: { idempotency } }))
      const job = await bench.claimOne()
      await bench.enqueue(sampleJob('latched', { extras: { unique } }))
      await bench.reopen()
      const { results } = await bench.enqueue(
        sampleJob('c', { payload: '"newest"', extras: { unique } }),
        sampleJob('d', { extras: { idempotency } }),
      )
      same(
        results,
        [
          { outcome: 'latched', id: 'latched' },
          { outcome: 'kept', id: 'b' },
        ],
        'the outcomes',
      )
      await bench.complete(job)
      same((await bench.job('latched')).payload, '"newest"', 'the follow-up')
    },

    'limits and what they have used outlive the store': async (bench) => {
      await bench.configure('default', { rate: { limit: 2, perMs: 1_000 }, keyConcurrency: 1, maxJobs: 4 })
      await bench.run('pause', { queue: 'paused', paused: true })
      const extras = { key: 'k' }
      await bench.accept(
        sampleJob('a', { extras }),
        sampleJob('b', { extras }),
        sampleJob('c'),
        sampleJob('d'),
      )
      await bench.claim()
      await bench.reopen()
      same(await bench.claim(), [], 'a claim over the rate')
      same(await bench.state('b'), 'blocked', 'the second of the key')
      same((await bench.enqueue(sampleJob('e'))).results[0]?.outcome, 'refused', 'the fifth of four')
      same((await bench.count('paused')).paused, true, 'paused')
      await bench.complete(await bench.job('a'))
      bench.now += 500
      same(ids(await bench.claim()), ['b'], 'a claim within the rate')
    },

    'fair order goes on where it was': async (bench) => {
      await bench.configure('default', { order: 'fair' })
      const keyed = (id: string, key: string) => sampleJob(id, { extras: { key } })
      await bench.accept(keyed('a1', 'a'), keyed('a2', 'a'), keyed('a3', 'a'))
      await bench.claim({ limit: 2 })
      await bench.reopen()
      await bench.accept(keyed('b1', 'b'), keyed('b2', 'b'))
      same(ids(await bench.claim()), ['b1', 'a3', 'b2'], 'the claim')
    },

    'flows go on where they were': async (bench) => {
      const parents = [{ id: 'a', onFailure: 'fail' }] as const
      await bench.accept(sampleJob('a'), sampleJob('b', { extras: { parents } }))
      const job = await bench.claimOne()
      await bench.reopen()
      await bench.complete(job)
      same(ids(await bench.claim()), ['b'], 'the claim')
    },

    'numbers are never given twice': async (bench) => {
      await bench.configure('default', { retention: retainNothing })
      await bench.acceptIds('a', 'b')
      const { seq } = await bench.job('b')
      for (const job of await bench.claim()) await bench.complete(job)
      same(await bench.list(), [], 'the jobs')
      await bench.reopen()
      await bench.acceptIds('c')
      const next = (await bench.job('c')).seq
      holds(next > seq, `number ${next} after ${seq}`)
    },

    'what was called before the close is there': async (bench) => {
      const calls = ['a', 'b', 'c'].map((id) => bench.acceptIds(id))
      await bench.reopen()
      await Promise.all(calls)
      same(ids(await bench.list()), ['a', 'b', 'c'], 'the jobs')
    },

    'large bodies outlive the store': async (bench) => {
      const text = (length: number): string => JSON.stringify('é'.repeat(length))
      for (const size of [1, 500, 511, 512, 100_000])
        await bench.accept(sampleJob(`job-${size}`, { payload: text(size) }))
      const job = await bench.claimOne()
      await bench.complete(job, text(9_999))
      await bench.reopen()
      await bench.reopen()
      same((await bench.job(job.id)).extras.result === text(9_999), true, 'the result is the same text')
      for (const size of [1, 500, 511, 512, 100_000])
        same(
          (await bench.job(`job-${size}`)).payload === text(size),
          true,
          `the payload of ${size} is the same text`,
        )
    },
  },
}

const none = { ageMs: 0, count: 0 }
const retainNothing = { completed: none, dead: none, cancelled: none, expired: none }

async function fillWithEverything(bench: Bench): Promise<void> {
  await bench.configure('default', { keyConcurrency: 1, maxJobs: 50 })
  await bench.acceptIds('processing', 'retrying', 'completed', 'dead', 'snoozed', 'released')
  const [, retrying, completed, dead, snoozed, released] = await bench.claim()
  await bench.fail(retrying!, 'no network')
  await bench.complete(completed!, '{"a":[1,null,"ü"]}')
  await bench.kill(dead!)
  await bench.settle({ id: snoozed!.id, epoch: snoozed!.epoch, outcome: 'snooze', delayMs: 5_000 })
  await bench.settle({ id: released!.id, epoch: released!.epoch, outcome: 'release' })
  const everything: Extras = {
    key: 'k',
    trace: 'trace',
    correlationId: 'c',
    causationId: 'd',
    attachments: ['blob'],
    unique: { key: 'u', while: 60_000, onConflict: 'debounce', waitMs: 5, maxWaitMs: 50 },
    idempotency: { key: 'i', hash: 'h' },
    deadline: bench.now + 1e6,
    onDead: { queue: 'hooks', name: 'tell', version: 1, retry: plainRetry, timeoutMs: 1 },
    flow: { id: 'flow', step: 'one' },
  }
  const parents = [{ id: 'processing', onFailure: 'skip' }] as const
  const retry = {
    maxFailures: 7,
    maxCrashes: 2,
    forMs: 1e9,
    backoff: { kind: 'table', delaysMs: [1, 5], jitter: 'full' },
  } as const
  await bench.accept(
    sampleJob('everything', { priority: -1_000, version: 9, timeoutMs: 3, retry, extras: everything }),
    sampleJob('blocked', { extras: { key: 'k' } }),
    sampleJob('child', { extras: { parents } }),
    sampleJob('scheduled', { runAt: bench.now + 1e9 }),
    sampleJob('cancelled', { queue: 'other' }),
    sampleJob('expired', { extras: { deadline: bench.now } }),
  )
  await bench.run('cancel', { ids: ['cancelled', 'processing'], reason: 'test' })
  const { id, epoch } = await bench.job('processing')
  await bench.run('note', {
    id,
    epoch,
    progress: 0.5,
    lines: ['a line'],
    step: { name: '__proto__', result: '1' },
  })
  await bench.reap()
  const rest = { missed: { all: 3 }, overlap: 'allow', nextAt: bench.now, lastJob: '', paused: true } as const
  const schedule = { id: 's', spec: { everyMs: 5, anchor: 1 }, template: sampleJob('t'), ...rest }
  await bench.run('putSchedule', { schedule })
}

function byQueue({ queues }: { readonly queues: readonly { readonly queue: string }[] }): unknown {
  return Object.fromEntries(queues.map((count) => [count.queue, count]))
}
