import type { NewJob, OnConflict, UniqueWhile } from '@millrace/core'
import { ids, type Bench } from '../bench.ts'
import type { CaseGroup } from '../case-group.ts'
import { same } from '../check.ts'
import { plainRetry, sampleJob } from '../samples.ts'

export const dedupeCases: CaseGroup = {
  name: 'dedupe',
  cases: {
    'an idempotency key with the same payload answers the same job, while it is kept': async (bench) => {
      await bench.accept(idempotent('a', 'hash-1'))
      same(await take(bench, idempotent('b', 'hash-1')), 'kept a', 'the second')
      await bench.complete(await bench.claimOne())
      same(await take(bench, idempotent('c', 'hash-1')), 'kept a', 'the third, after the end')
      same(ids(await bench.list()), ['a'], 'the jobs')
    },

    'an idempotency key with another payload is a conflict': async (bench) => {
      await bench.accept(idempotent('a', 'hash-1'))
      same(await take(bench, idempotent('b', 'hash-2')), 'IDEMPOTENCY_CONFLICT b', 'the second')
    },

    'a job answers to one request: one that merged into it leaves no key, and is new after its end': async (
      bench,
    ) => {
      await bench.accept(unique('a', 'keep'))
      const again = (id: string): NewJob => ({
        ...unique(id, 'keep'),
        extras: { ...unique(id, 'keep').extras, ...idempotent(id, 'hash-1').extras },
      })
      same(await take(bench, again('b')), 'kept a', 'the request')
      same(await take(bench, again('c')), 'kept a', 'the same again, before the end')
      await bench.complete(await bench.claimOne())
      same(await take(bench, again('d')), 'enqueued d', 'the same again, after the end')
    },

    'an idempotency key is free again when its job is forgotten': async (bench) => {
      await bench.configure('default', { retention: retainNothing })
      await bench.accept(idempotent('a', 'hash-1'))
      await bench.complete(await bench.claimOne())
      same(await bench.state('a'), 'gone', 'the first')
      await bench.accept(idempotent('b', 'hash-2'))
    },

    'keep answers the holder and changes nothing': async (bench) => {
      await bench.accept(unique('a', 'keep'))
      same(await take(bench, unique('b', 'keep')), 'kept a', 'the second')
      same((await bench.job('a')).payload, '"a"', 'the payload')
    },

    'throttle drops the newcomer': async (bench) => {
      await bench.accept(unique('a', 'throttle', 1_000))
      await bench.complete(await bench.claimOne())
      bench.now += 999
      same(await take(bench, unique('b', 'throttle', 1_000)), 'throttled a', 'within the window')
      bench.now += 1
      same(await take(bench, unique('c', 'throttle', 1_000)), 'enqueued c', 'after the window')
    },

    'reject refuses the newcomer': async (bench) => {
      await bench.accept(unique('a', 'reject'))
      same(await take(bench, unique('b', 'reject')), 'UNIQUE_CONFLICT b', 'the second')
      same(ids(await bench.list()), ['a'], 'the jobs')
    },

    'replace gives the waiting holder the newest payload and priority': async (bench) => {
      await bench.accept(unique('a', 'replace'))
      const newest = { ...unique('b', 'replace'), priority: 4, payload: '"newer"', bytes: 7 }
      same(await take(bench, newest), 'replaced a', 'the second')
      const job = await bench.job('a')
      same([job.payload, job.bytes, job.priority], ['"newer"', 7, 4], 'the holder')
      same((await bench.count()).bytes, 7, 'the bytes of the queue')
      same(ids(await bench.list()), ['a'], 'the jobs')
    },

    'rerun makes exactly one follow-up of all triggers that come while the holder runs': async (bench) => {
      await bench.accept(unique('a', 'rerun'))
      const running = await bench.claimOne()
      same(await take(bench, unique('b', 'rerun')), 'latched b', 'the first trigger')
      same(await take(bench, { ...unique('c', 'rerun'), payload: '"newest"' }), 'latched b', 'the second')
      same((await bench.count()).enqueued, 0, 'enqueued while it runs')
      await bench.complete(running)
      const followUp = await bench.claimOne()
      same([followUp.id, followUp.payload], ['b', '"newest"'], 'the follow-up')
      await bench.complete(followUp)
      same(await bench.claim(), [], 'a second follow-up')
    },

    'a latched trigger survives the death and the cancellation of its holder': async (bench) => {
      await bench.accept(unique('a', 'rerun'))
      const first = await bench.claimOne()
      await take(bench, unique('b', 'rerun'))
      await bench.kill(first)
      const second = await bench.claimOne()
      same(second.id, 'b', 'after the death')
      await take(bench, unique('c', 'rerun'))
      await bench.run('cancel', { ids: ['b'], reason: 'test' })
      await bench.fail(second)
      same(await bench.state('b'), 'cancelled', 'the holder')
      same((await bench.claimOne()).id, 'c', 'after the cancellation')
    },

    'a follow-up has what its trigger asked for': async (bench) => {
      const onDead = { queue: 'hooks', name: 'tell', version: 1, retry: plainRetry, timeoutMs: 0 }
      const asked = (id: string): NewJob => {
        const job = unique(id, 'rerun')
        return { ...job, extras: { ...job.extras, onDead, correlationId: `request of ${id}` } }
      }
      await bench.accept(asked('a'))
      const job = await bench.claimOne()
      await take(bench, asked('b'))
      await bench.complete(job)
      const { extras } = await bench.claimOne()
      same([extras.onDead, extras.correlationId], [onDead, 'request of b'], 'the follow-up')
    },

    'debounce waits for silence, but no longer than it may': async (bench) => {
      const debounce = (id: string): NewJob => {
        const job = unique(id, 'debounce')
        const policy = { ...job.extras.unique!, waitMs: 100, maxWaitMs: 250 }
        return { ...job, runAt: bench.now + 100, extras: { unique: policy } }
      }
      const start = bench.now
      await bench.accept(debounce('a'))
      bench.now = start + 90
      same(await take(bench, debounce('b')), 'debounced a', 'the second trigger')
      same((await bench.job('a')).runAt, start + 190, 'the run time after it')
      bench.now = start + 180
      same(await take(bench, debounce('c')), 'debounced a', 'the third trigger')
      same((await bench.job('a')).runAt, start + 250, 'the run time after it')
      bench.now = start + 250
      same(ids(await bench.claim()), ['a'], 'the claim after the longest wait')
    },

    'uniqueness while pending ends with the first start': async (bench) => {
      await bench.accept(unique('a', 'keep', 'pending'))
      same(await take(bench, unique('b', 'keep', 'pending')), 'kept a', 'before the start')
      await bench.claimOne()
      same(await take(bench, unique('c', 'keep', 'pending')), 'enqueued c', 'after the start')
    },

    'uniqueness while unfinished ends with the job': async (bench) => {
      await bench.accept(unique('a', 'keep'))
      await bench.fail(await bench.claimOne())
      same(await take(bench, unique('b', 'keep')), 'kept a', 'while it waits for its retry')
      bench.now += 1_000
      await bench.complete(await bench.claimOne())
      same(await take(bench, unique('c', 'keep')), 'enqueued c', 'after the end')
    },

    'a trigger in the window of an ended holder runs when the window is over': async (bench) => {
      const start = bench.now
      await bench.accept(unique('a', 'rerun', 1_000))
      await bench.complete(await bench.claimOne())
      bench.now = start + 900
      same(await take(bench, unique('b', 'rerun', 1_000)), 'enqueued b', 'the trigger')
      bench.now = start + 950
      same(await take(bench, unique('c', 'rerun', 1_000)), 'replaced b', 'one more trigger')
      bench.now = start + 999
      same(await bench.claim(), [], 'a claim within the window')
      bench.now = start + 1_000
      same(ids(await bench.claim()), ['b'], 'a claim after it')
    },

    'a job whose window is over never takes the key back': async (bench) => {
      await bench.accept(unique('a', 'keep', 1_000))
      const old = await bench.claimOne()
      bench.now += 1_000
      await bench.accept(unique('b', 'keep', 1_000))
      await bench.run('renew', { leaseMs: 30_000, held: [old] })
      same(await take(bench, unique('c', 'keep', 1_000)), 'kept b', 'the newcomer')
    },

    'a key belongs to one job at a time, a different key to another': async (bench) => {
      await bench.accept(unique('a', 'reject'))
      const other = sampleJob('b', {
        extras: { unique: { ...unique('b', 'reject').extras.unique!, key: 'k2' } },
      })
      await bench.accept(other)
    },
  },
}

const none = { ageMs: 0, count: 0 }
const retainNothing = { completed: none, dead: none, cancelled: none, expired: none }

function idempotent(id: string, hash: string): NewJob {
  return sampleJob(id, { extras: { idempotency: { key: 'request-1', hash } } })
}

function unique(id: string, onConflict: OnConflict, lasting: UniqueWhile = 'unfinished'): NewJob {
  const extras = { unique: { key: 'k', while: lasting, onConflict } }
  return sampleJob(id, { payload: `"${id}"`, extras })
}

/** The outcome, or the code of a refusal, and the id that was answered. */
async function take(bench: Bench, job: NewJob): Promise<string> {
  const result = (await bench.enqueue(job)).results[0]!
  return `${result.outcome === 'refused' ? result.code : result.outcome} ${result.id}`
}
