import { noExtras, type Job, type JobEvent } from '@millrace/core'
import { NaiveRows, sampleJob, sampleQueue } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { freshCheckers } from '../../packages/store-spec/src/model/checkers.ts'
import type { Observation } from '../../packages/store-spec/src/model/observation.ts'
import { WakeLedger } from '../../packages/store-spec/src/model/wake-ledger.ts'

const now = 1_700_000_000_000

function job(id: string, given: Partial<Job> = {}): Job {
  const { queue, name, version, payload, bytes, priority, retry, timeoutMs } = sampleJob(id)
  const counters = { attempt: 0, epoch: 0, failures: 0, crashes: 0, snoozes: 0, refunds: 0, generation: 0 }
  const times = { rank: now, runAt: now, createdAt: now, since: now, owner: '', leaseUntil: 0 }
  const kind = { queue, name, version, payload, bytes, priority, retry, timeoutMs }
  return { id, seq: 1, state: 'enqueued', extras: noExtras, ...kind, ...counters, ...times, ...given }
}

const leased = { state: 'processing', attempt: 1, epoch: 1, owner: 'w', leaseUntil: now + 1_000 } as const

interface Scene {
  readonly name?: Observation['name']
  readonly request?: object
  readonly reply?: object
  readonly before?: readonly Job[]
  /** Puts, and removals by their id. */
  readonly deeds?: readonly (Job | string)[]
  readonly events?: readonly JobEvent[]
  readonly config?: Parameters<typeof sampleQueue>[0]
}

/** What the checkers say about a command that did this. */
function verdicts({
  name = 'settle',
  request = {},
  reply = {},
  before = [],
  deeds = [],
  events = [],
  config,
}: Scene): readonly string[] {
  const rows = new NaiveRows()
  if (config !== undefined)
    rows.putQueue({
      name: 'default',
      config: sampleQueue(config),
      paused: false,
      saturated: false,
      tokens: 0,
      filledAt: 0,
      retryTokens: 0,
      virtualTime: 0,
      drainRate: 0,
      drained: 0,
      drainedAt: 0,
    })
  for (const one of before) rows.put(one)
  const copy = rows.copy()
  rows.moves = []
  for (const one of deeds) {
    if (typeof one === 'string') rows.remove(rows.job(one)!)
    else rows.put(one)
  }
  const seen = {
    name,
    request,
    reply,
    at: { now, seed: 1 },
    before: copy,
    after: rows,
    moves: rows.moves,
    events,
  } as Observation
  return freshCheckers().flatMap((check) => check(seen) ?? [])
}

const accepted = (id: string) => ({ results: [{ outcome: 'enqueued', id }] })
const enqueue = (id: string) =>
  ({ name: 'enqueue', request: { jobs: [sampleJob(id)], atomic: false }, reply: accepted(id) }) as const
const saga = (id: string, step: string, compensates?: string) => ({
  flow: { id: 'saga', step, ...(compensates !== undefined && { compensates }) },
  causationId: id,
})
const keyed = { extras: { key: 'k' } }
const uniqueK = { extras: { unique: { key: 'k', while: 'unfinished', onConflict: 'keep' } } } as const

const scenes: readonly (readonly [string, RegExp, Scene])[] = [
  ['a job that vanished', /gone without a word/, { before: [job('a', { state: 'dead' })], deeds: ['a'] }],
  [
    'a job removed before it ended',
    /removed before it ended/,
    { before: [job('a')], deeds: ['a'], events: [{ type: 'pruned', job: job('a') }] },
  ],
  ['a job from nowhere', /appeared from nowhere/, { deeds: [job('a')] }],
  ['an accepted job that is not there', /accepted and is not there/, enqueue('a')],
  [
    'an answer that names nobody',
    /kept b, which is not there/,
    { ...enqueue('a'), reply: { results: [{ outcome: 'kept', id: 'b' }] } },
  ],
  [
    'an illegal move',
    /moved from completed to enqueued/,
    {
      before: [job('a', { state: 'completed', attempt: 1, epoch: 1 })],
      deeds: [job('a', { attempt: 1, epoch: 1, refunds: 1 })],
    },
  ],
  [
    'a lease without a state',
    /has the owner "w"/,
    { before: [job('a')], deeds: [job('a', { owner: 'w', leaseUntil: now })] },
  ],
  [
    'a run time that is no number',
    /a number that is none/,
    { before: [job('a')], deeds: [job('a', { runAt: NaN })] },
  ],
  [
    'a claim that did not raise the epoch',
    /an epoch that should be 1/,
    {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [] },
      before: [job('a')],
      deeds: [job('a', { ...leased, epoch: 0 })],
    },
  ],
  [
    'a reap that did not raise the epoch',
    /an epoch that should be 2/,
    {
      name: 'reap',
      before: [job('a', leased)],
      deeds: [job('a', { state: 'retrying', attempt: 1, epoch: 1, crashes: 1 })],
    },
  ],
  [
    'a claim that was free',
    /should be at attempt 1/,
    {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [] },
      before: [job('a')],
      deeds: [job('a', { ...leased, attempt: 0, refunds: -1 })],
    },
  ],
  [
    'a job given to another',
    /was given to w until/,
    {
      name: 'claim',
      request: { owner: 'x', leaseMs: 1_000 },
      reply: { jobs: [job('a', leased)] },
      before: [job('a')],
      deeds: [job('a', leased)],
    },
  ],
  [
    'a start after the deadline',
    /started after its deadline/,
    {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [job('a', { ...leased, extras: { deadline: now } })] },
      before: [job('a')],
      deeds: [job('a', leased)],
    },
  ],
  [
    'an attempt in no bucket',
    /1 attempts in no bucket/,
    { before: [job('a', leased)], deeds: [job('a', { state: 'retrying', attempt: 1, epoch: 1 })] },
  ],
  [
    'a retry too many',
    /is tried again after 3 failures/,
    {
      before: [job('a', { ...leased, attempt: 3, failures: 2 })],
      deeds: [job('a', { state: 'retrying', attempt: 3, epoch: 1, failures: 3 })],
    },
  ],
  [
    'a refusal while there was room',
    /was refused with 0 of 2 jobs/,
    {
      ...enqueue('a'),
      reply: { results: [{ outcome: 'refused', id: 'a', code: 'QUEUE_FULL', message: '' }] },
      config: { maxJobs: 2 },
    },
  ],
  [
    'a queue too full in silence',
    /is not saturated at a fill of 1/,
    { before: [job('a', leased)], deeds: [], config: { maxJobs: 1 } },
  ],
  [
    'a key with too many slots',
    /took slot 2 of 1/,
    {
      before: [job('a', keyed), job('b', { ...keyed, seq: 2, state: 'scheduled' })],
      deeds: [job('b', { ...keyed, seq: 2 })],
      config: { keyConcurrency: 1 },
    },
  ],
  [
    'a key out of order',
    /started before job a/,
    {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [job('b', { ...leased, ...keyed, seq: 2 })] },
      before: [job('a', keyed), job('b', { ...keyed, seq: 2 })],
      config: { keyConcurrency: 1 },
    },
  ],
  [
    'two holders of a unique key',
    /both hold the unique key k/,
    { before: [job('a', uniqueK), job('b', { ...uniqueK, seq: 2 })] },
  ],
  [
    'two jobs of one request',
    /answer one idempotency key/,
    {
      before: [
        job('a', { extras: { idempotency: { key: 'i', hash: 'h' } } }),
        job('b', { seq: 2, extras: { idempotency: { key: 'i', hash: 'h' } } }),
      ],
    },
  ],
  [
    'a child that waits for the dead',
    /waits for parents that have ended/,
    {
      before: [
        job('a', { state: 'dead' }),
        job('b', {
          seq: 2,
          state: 'blocked',
          extras: { reason: 'dependency', parents: [{ id: 'a', onFailure: 'fail' }] },
        }),
      ],
    },
  ],
  [
    'a job that waits for a free slot',
    /which has a free slot/,
    {
      before: [job('a', { state: 'blocked', extras: { key: 'k', reason: 'key' } })],
      config: { keyConcurrency: 1 },
    },
  ],
  ['a job that waits for nothing', /waits for nothing/, { before: [job('a', { state: 'blocked' })] }],
  [
    'an undoing of what never started',
    /undoes a step that never started/,
    {
      before: [job('a', { state: 'cancelled', extras: saga('', 'one') })],
      deeds: [job('u', { extras: saga('a', 'undo', 'one') })],
    },
  ],
  [
    'an undoing too early',
    /undoes while job b/,
    {
      before: [
        job('a', { state: 'dead', attempt: 1, failures: 1, extras: saga('', 'one') }),
        job('b', { ...leased, extras: saga('', 'two') }),
      ],
      deeds: [job('u', { extras: saga('a', 'undo', 'one') })],
    },
  ],
]

describe('the checkers notice', () => {
  it.each(scenes)('%s', (_, words, scene) => {
    expect(verdicts(scene)).toEqual(expect.arrayContaining([expect.stringMatching(words)]))
  })

  it('a fencing token given twice', () => {
    const rows = new NaiveRows()
    const seen = {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [job('a', leased)] },
      at: { now, seed: 1 },
      before: rows,
      after: rows,
      moves: [],
      events: [],
    } as unknown as Observation
    const checkers = freshCheckers()
    expect(checkers.flatMap((check) => check(seen) ?? [])).toEqual([])
    expect(checkers.flatMap((check) => check(seen) ?? [])).toEqual([expect.stringMatching(/was given twice/)])
  })

  it('nothing when all is well', () => {
    const claimed = {
      name: 'claim',
      request: { owner: 'w', leaseMs: 1_000 },
      reply: { jobs: [job('a', leased)] },
      before: [job('a')],
      deeds: [job('a', leased)],
    } as const
    expect(verdicts(claimed)).toEqual([])
    expect(verdicts({ ...enqueue('a'), deeds: [job('a')] })).toEqual([])
  })
})

describe('the ledger of a sleeping worker', () => {
  const request = { owner: 'w', leaseMs: 1, limit: 1, queues: [{ queue: 'default', weight: 1, credit: 0 }] }
  const asleep = (): WakeLedger => {
    const ledger = new WakeLedger()
    ledger.restart(['default'])
    ledger.claims(request)
    ledger.claimed(request, { jobs: [], credits: [0], nextAt: now + 100 })
    return ledger
  }
  const withWork = (): NaiveRows => {
    const rows = new NaiveRows()
    rows.put(job('a'))
    return rows
  }

  it('notices work that nobody hinted at', () => {
    expect(asleep().sleepsThroughWork(withWork(), { now, seed: 1 })).toMatch(/sleeps until/)
  })

  it('is content with a hint, with an alarm that rang, and with no work', () => {
    const hinted = asleep()
    hinted.told(new Set(['default']), Infinity)
    expect(hinted.sleepsThroughWork(withWork(), { now, seed: 1 })).toBeUndefined()
    expect(asleep().sleepsThroughWork(withWork(), { now: now + 100, seed: 1 })).toBeUndefined()
    expect(asleep().sleepsThroughWork(new NaiveRows(), { now, seed: 1 })).toBeUndefined()
  })
})
