import { createHash } from 'node:crypto'
import {
  holdsKeySlot,
  holdsUnique,
  isUnstarted,
  noExtras,
  states,
  uniqueUntil,
  type Body,
  type Extras,
  type Job,
  type RetryPolicy,
} from '@millrace/core'
import { fromJson, toJson } from './json.ts'
import type { Fields } from './statement.ts'

/** The columns a job is read from, in this order. */
export const jobColumns =
  'j.id, j.seq, j.queue, j.name, j.state, j.priority, j.rank, j.run_at, j.since, j.attempt, j.epoch, j.owner, j.lease_until, j.payload, j.rest'

/** What has no column of its own, because no index looks at it; zeros are left out. */
interface Rest {
  readonly version: number
  readonly bytes: number
  readonly createdAt: number
  readonly retry: RetryPolicy
  readonly timeoutMs?: number
  readonly failures?: number
  readonly crashes?: number
  readonly snoozes?: number
  readonly refunds?: number
  readonly generation?: number
  readonly extras?: Extras
  /** A payload that a text column cannot hold. */
  readonly payload?: Body
}

const codes: ReadonlyMap<string, number> = new Map(states.map((state, code) => [state, code]))

export function stateCode(state: string): number {
  return codes.get(state)!
}

export function jobOf(fields: Fields): Job {
  const [id, seq, queue, name, state, priority, rank, runAt, since, attempt, epoch, owner, leaseUntil] =
    fields as readonly string[]
  const [payload, rest] = fields.slice(-2)
  const more = fromJson(rest!) as Rest
  return {
    id: id!,
    seq: Number(seq),
    queue: queue!,
    name: name!,
    version: more.version,
    payload: payload ?? more.payload!,
    bytes: more.bytes,
    state: states[Number(state)]!,
    priority: Number(priority),
    rank: Number(rank),
    runAt: Number(runAt),
    createdAt: more.createdAt,
    since: Number(since),
    attempt: Number(attempt),
    epoch: Number(epoch),
    failures: more.failures ?? 0,
    crashes: more.crashes ?? 0,
    snoozes: more.snoozes ?? 0,
    refunds: more.refunds ?? 0,
    generation: more.generation ?? 0,
    retry: more.retry,
    timeoutMs: more.timeoutMs ?? 0,
    owner: owner!,
    leaseUntil: Number(leaseUntil),
    extras: more.extras ?? noExtras,
  }
}

// Jobs of one definition share one policy object, and it is most of the text.
const policies = new WeakMap<RetryPolicy, string>()

function policyText(retry: RetryPolicy): string {
  let text = policies.get(retry)
  if (text === undefined) {
    text = toJson(retry)
    policies.set(retry, text)
  }
  return text
}

export function restOf(job: Job): string {
  let text = `{"version":${job.version},"bytes":${job.bytes},"createdAt":${job.createdAt},"retry":${policyText(job.retry)}`
  if (job.timeoutMs !== 0) text += `,"timeoutMs":${toJson(job.timeoutMs)}`
  if (job.failures !== 0) text += `,"failures":${job.failures}`
  if (job.crashes !== 0) text += `,"crashes":${job.crashes}`
  if (job.snoozes !== 0) text += `,"snoozes":${job.snoozes}`
  if (job.refunds !== 0) text += `,"refunds":${job.refunds}`
  if (job.generation !== 0) text += `,"generation":${job.generation}`
  if (job.extras !== noExtras) text += `,"extras":${toJson(job.extras)}`
  if (payloadColumn(job) === null) text += `,"payload":${toJson(job.payload)}`
  return `${text}}`
}

/** True when the rest of both is the same, and their priority, without writing it down. */
export function sameRest(a: Job, b: Job): boolean {
  return (
    a.extras === b.extras &&
    a.payload === b.payload &&
    a.retry === b.retry &&
    a.bytes === b.bytes &&
    a.priority === b.priority &&
    a.failures === b.failures &&
    a.crashes === b.crashes &&
    a.snoozes === b.snoozes &&
    a.refunds === b.refunds &&
    a.generation === b.generation &&
    a.timeoutMs === b.timeoutMs &&
    a.version === b.version
  )
}

/** PostgreSQL's text holds neither a zero character nor half of a surrogate pair. */
function isText(text: string): boolean {
  return !/\p{Surrogate}/u.test(text) && !text.includes('\u0000')
}

export function payloadColumn({ payload }: Job): string | null {
  return typeof payload === 'string' && isText(payload) ? payload : null
}

/** A user's key as its index holds it: short and storable; two keys in one place do no harm, since the rows say which is which. */
export function indexedKey(key: string): string {
  return key.length <= 200 && isText(key) ? key : createHash('sha256').update(key, 'utf16le').digest('hex')
}

/** What indexes look at beside the plain columns. */
export interface Facets {
  readonly deadline: number | null
  readonly uniqueKey: string | null
  /** When the hold on the unique key ends by time; null when it does not. */
  readonly uniqueUntil: number | null
  readonly idempotencyKey: string | null
  readonly key: string | null
  /** 1 holds a slot of its key, 2 waits for one. */
  readonly keyRole: number | null
  readonly flow: string | null
  readonly fingerprint: string | null
}

const noFacets: Facets = {
  deadline: null,
  uniqueKey: null,
  uniqueUntil: null,
  idempotencyKey: null,
  key: null,
  keyRole: null,
  flow: null,
  fingerprint: null,
}

export function facetsOf(job: Job): Facets {
  const { extras } = job
  if (extras === noExtras) return noFacets
  const { unique, idempotency, key } = extras
  const until = uniqueUntil(job)
  return {
    deadline: isUnstarted(job) ? (extras.deadline ?? null) : null,
    uniqueKey: unique !== undefined && holdsUnique(job) ? indexedKey(unique.key) : null,
    uniqueUntil: until === Infinity ? null : until,
    idempotencyKey: idempotency === undefined ? null : indexedKey(idempotency.key),
    key: key === undefined ? null : indexedKey(key),
    keyRole: holdsKeySlot(job) ? 1 : waitsForKey(job) ? 2 : null,
    flow: extras.flow?.id ?? null,
    fingerprint: extras.fingerprint === undefined ? null : indexedKey(extras.fingerprint),
  }
}

/** True when no index looks at more than the plain columns of this job, whatever its state. */
export function hasPlainFacets({ extras }: Job): boolean {
  return (
    extras === noExtras ||
    (extras.deadline === undefined &&
      extras.unique === undefined &&
      extras.key === undefined &&
      extras.idempotency === undefined &&
      extras.flow === undefined &&
      extras.fingerprint === undefined)
  )
}

export function waitsForKey(job: Job): boolean {
  return job.state === 'blocked' && job.extras.reason === 'key'
}
