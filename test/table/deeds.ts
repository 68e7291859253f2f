import {
  defaultBackoff,
  freshQueue,
  legalMoves,
  noExtras,
  states,
  type Extras,
  type Job,
  type Rows,
  type State,
  type UniqueWhile,
} from '@millrace/core'
import fc from 'fast-check'

/** One change of the rows. Picks are taken modulo what is there, so that a deed still makes sense when shrinking took others away. */
export type Deed =
  | { readonly kind: 'put'; readonly pick: number; readonly draft: Draft }
  | { readonly kind: 'remove'; readonly pick: number }
  | {
      readonly kind: 'queue' | 'key' | 'keyRemoved' | 'schedule' | 'scheduleRemoved'
      readonly pick: number
      readonly value: number
    }

/** What a put makes of a job; its state is the n-th legal one. */
export interface Draft extends Partial<Job> {
  readonly move: number
  readonly isNew: boolean
  /** Takes over the payload of this one, as a rerun does. */
  readonly heir: number | undefined
}

export const queues: readonly string[] = ['a', 'b']
export const names: readonly string[] = ['x', 'y', 'z']
export const keys: readonly string[] = ['k1', 'k2', '__proto__']

const time = fc.constantFrom(0, 1, 2, 3, 5, 8, 1_700_000_000_000)
const count = fc.nat({ max: 3 })
const id = fc.nat({ max: 30 }).map((n) => `job-${n}`)
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(340, 342, 1_023, 1_024, 1_025, 3_000)
      .chain((length) => fc.constantFrom('x'.repeat(length), '漢'.repeat(length))),
  },
)

export const extras: fc.Arbitrary<Extras> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(noExtras) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        reason: fc.constantFrom('key', 'dependency'),
        deadline: time,
        key: fc.constantFrom(...keys),
        unique: fc.record({
          key: fc.constantFrom(...keys),
          while: fc.constantFrom<UniqueWhile>('pending', 'unfinished', 3, Infinity),
          onConflict: fc.constant('keep'),
        }),
        idempotency: fc.record({ key: fc.constantFrom(...keys), hash: fc.constant('h') }),
        parents: fc.array(fc.record({ id, onFailure: fc.constant('fail') }), { maxLength: 3 }),
        flow: fc.record({ id: fc.constantFrom(...keys), step: fc.constant('s') }),
        latch: fc.record({ id, payload: text, bytes: count, priority: count, extras: fc.constant(noExtras) }),
        result: text,
        steps: fc.dictionary(fc.constantFrom('one', 'two', '__proto__'), text, { maxKeys: 2 }),
        fingerprint: fc.constantFrom('f1', 'f2'),
        errors: fc.constant([
          { name: 'E', message: 'null "Infinity":null', at: 1, attempt: 1, bucket: 'failure' },
        ]),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Extras>,
  },
)

const retries = [
  { maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff },
  {
    maxFailures: 1,
    maxCrashes: 3,
    backoff: { kind: 'exponential', baseMs: 1, factor: 2, maxMs: Infinity, jitter: 'none' },
  },
] as const

const draft: fc.Arbitrary<Draft> = fc.record({
  isNew: fc.boolean(),
  heir: fc.option(fc.nat({ max: 20 }), { freq: 4, nil: undefined }),
  move: fc.nat({ max: 20 }),
  queue: fc.constantFrom(...queues),
  name: fc.constantFrom(...names),
  version: fc.constantFrom(1, 2),
  payload: text,
  bytes: count,
  priority: fc.integer({ min: -2, max: 2 }),
  rank: fc.oneof(time, fc.constant(-0.5)),
  runAt: fc.oneof(time, fc.constant(Infinity)),
  createdAt: time,
  since: time,
  leaseUntil: time,
  attempt: count,
  failures: count,
  crashes: count,
  snoozes: count,
  refunds: count,
  generation: count,
  epoch: count,
  retry: fc.constantFrom(...retries),
  timeoutMs: fc.constantFrom(0, 1_000),
  owner: fc.constantFrom('', 'w1', 'w2'),
  extras,
})

const pick = fc.nat({ max: 1_000 })

export const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('put' as const), pick, draft }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'queue' as const,
        'key' as const,
        'keyRemoved' as const,
        'schedule' as const,
        'scheduleRemoved' as const,
      ),
      pick,
      value: fc.constantFrom(0, 1, Infinity),
    }),
  },
)

/** Does a deed to rows, which then hold these jobs; answers those they hold after. */
export function perform(rows: Rows, one: Deed): void {
  switch (one.kind) {
    case 'put':
      put(rows, one)
      return
    case 'remove': {
      const ended = rows.list({ limit: Infinity }).filter((job) => legalMoves[job.state].includes('gone'))
      const job = ended[one.pick % ended.length]
      if (job !== undefined) rows.remove(job)
      return
    }
    case 'queue':
    case 'key':
    case 'keyRemoved':
    case 'schedule':
    case 'scheduleRemoved':
      performOther(rows, one)
  }
}

function put(
  rows: Rows,
  { pick: chosen, draft: { move, isNew, heir, ...draft } }: Extract<Deed, { kind: 'put' }>,
): void {
  const jobs = rows.list({ limit: Infinity })
  const known = isNew ? rows.job(`job-${chosen % 30}`) : jobs[chosen % jobs.length]
  const moves = legalMoves[known?.state ?? 'new'].filter((state): state is State =>
    states.includes(state as State),
  )
  const state = moves[move % moves.length]
  if (state === undefined) return
  const blank = {
    id: `job-${chosen % 30}`,
    seq: 0,
    queue: 'a',
    name: 'x',
    version: 1,
    payload: '',
    bytes: 0,
    priority: 0,
    rank: 0,
  }
  const { reason, ...others } = draft.extras!
  const job = {
    ...blank,
    ...draft,
    // Only a job that has a key waits for it.
    extras: draft.extras!.key === undefined && reason === 'key' ? others : draft.extras!,
    state,
    ...(heir !== undefined && jobs.length > 0 && { payload: jobs[heir % jobs.length]!.payload }),
    ...(known === undefined
      ? { seq: rows.nextSeq() }
      : { id: known.id, seq: known.seq, epoch: known.epoch + draft.epoch! }),
  } as Job
  rows.put(job)
}

function performOther(rows: Rows, { kind, pick: chosen, value }: Extract<Deed, { value: number }>): void {
  const queue = queues[chosen % queues.length]!
  const id = `schedule-${chosen % 3}`
  const key = { queue, key: keys[chosen % keys.length]!, finishTag: value }
  switch (kind) {
    case 'queue': {
      const fresh = freshQueue(queue)
      return rows.putQueue({ ...fresh, paused: value > 0, config: { ...fresh.config, maxJobs: value } })
    }
    case 'key':
      return rows.putKey(key)
    case 'keyRemoved':
      return rows.removeKey(key)
    case 'schedule':
      return rows.putSchedule({
        id,
        nextAt: value,
        spec: { everyMs: 1, anchor: 0 },
        template: {},
        lastJob: '',
      } as never)
    case 'scheduleRemoved':
      return rows.removeSchedule(id)
  }
}
