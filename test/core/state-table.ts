import {
  commands,
  defaultBackoff,
  defaultQueueConfig,
  noExtras,
  states,
  type Extras,
  type NewJob,
  type State,
} from '@millrace/core'
import { NaiveRows } from '../../packages/store-spec/src/reference/naive-rows.ts'

/** The table in packages/core/README.md, made by sending every event to a job in every state. */
const id = 'j'
const now = 1_000_000
const at = { now, seed: 1 }
const later = { now: now + 100_000, seed: 1 }
const owner = 'w'

type Rows = NaiveRows
const settlement = (rows: Rows) => ({ id, epoch: rows.job(id)?.epoch ?? 0 })
const settle = (rows: Rows, how: object) =>
  commands.settle(rows, { settlements: [{ ...settlement(rows), ...how } as never] }, later).outcomes[0]!
const fault = { bucket: 'failure', error: { name: 'Error', message: 'no' } } as const

/** Every event that can reach a job; each answers the refusal it was met with, or nothing. */
const events: Readonly<Record<string, (rows: Rows) => string | undefined | void>> = {
  'its time comes, a worker claims': claim,
  completes: (rows) => settle(rows, { outcome: 'complete', result: '1' }),
  'fails, tries left': (rows) => settle(rows, { outcome: 'fail', ...fault }),
  'fails for good': (rows) => settle(rows, { outcome: 'fail', ...fault, dead: 'nonRetryable' }),
  snoozes: (rows) => settle(rows, { outcome: 'snooze', delayMs: 5_000 }),
  'is given back': (rows) => settle(rows, { outcome: 'release' }),
  'a stale attempt reports': (rows) =>
    commands.settle(
      rows,
      { settlements: [{ id, epoch: settlement(rows).epoch - 1, outcome: 'complete' }] },
      later,
    ).outcomes[0],
  'its worker goes silent': (rows) => void commands.reap(rows, { limit: 10, gone: [owner] }, later),
  'its deadline passes': (rows) => void commands.reap(rows, { limit: 10 }, { now: now + 500_000, seed: 1 }),
  'is cancelled': (rows) => commands.cancel(rows, { ids: [id], reason: 'asked' }, later).outcomes[0],
  'is redriven': (rows) => void commands.redrive(rows, { ids: [id], limit: 1 }, later),
  'is discarded': (rows) => void commands.discard(rows, { ids: [id], limit: 1 }, later),
  'retention passes': (rows) => void commands.prune(rows, { limit: 10 }, { now: now + 1e12, seed: 1 }),
  'is enqueued again': (rows) =>
    commands.enqueue(rows, { jobs: [newJob()], atomic: false }, later).results[0]!.outcome,
}

export function stateTable(): string {
  const names = Object.keys(events)
  const rows = names.map(
    (name) => `| **${name}** | ${states.map((state) => cell(state, name)).join(' | ')} |`,
  )
  return [`| | ${states.join(' | ')} |`, `|---|${states.map(() => '---').join('|')}|`, ...rows].join('\n')
}

/** The state it moves to, or in brackets the refusal; a dash where nothing happens. */
function cell(state: State, event: string): string {
  const rows = jobIn(state)
  const refusal = events[event]!(rows)
  const after = rows.job(id)?.state ?? 'gone'
  const asked = rows.job(id)?.extras.cancel !== undefined && after === 'processing'
  if (after !== state) return `→ ${after}`
  if (asked) return '(asked to stop)'
  const moved = rows.job(id)!.epoch !== jobIn(state).job(id)!.epoch
  if (moved) return `→ ${after}`
  return refusal === undefined || refusal === 'settled' ? '–' : `(${refusal})`
}

function newJob(extras: Extras = noExtras, runAt = 0): NewJob {
  const retry = { maxFailures: 3, maxCrashes: 3, backoff: defaultBackoff }
  const kind = { queue: 'q', name: 'n', version: 1, retry, timeoutMs: 0 }
  return { id, ...kind, payload: '1', bytes: 1, priority: 0, runAt, extras }
}

function claim(rows: Rows): undefined {
  const request = { owner, leaseMs: 10_000_000, limit: 1, queues: [{ queue: 'q', weight: 1, credit: 0 }] }
  commands.claim(rows, request, later)
  return undefined
}

/** A fresh store with one job in the state, brought there by commands. */
function jobIn(state: State): Rows {
  const rows = new NaiveRows()
  commands.configure(rows, { queues: { q: { ...defaultQueueConfig, keyConcurrency: 1 } } }, at)
  const deadline = now + 400_000
  if (state === 'blocked')
    commands.enqueue(rows, { jobs: [{ ...newJob({ key: 'k' }), id: 'before' }], atomic: true }, at)
  const extras = state === 'blocked' ? { key: 'k', deadline } : { deadline }
  commands.enqueue(
    rows,
    { jobs: [newJob(extras, state === 'scheduled' ? now + 50_000 : 0)], atomic: true },
    at,
  )
  const claimed = state !== 'scheduled' && state !== 'blocked' && state !== 'enqueued'
  if (claimed && state !== 'cancelled' && state !== 'expired') claim(rows)
  if (state === 'completed') settle(rows, { outcome: 'complete' })
  if (state === 'retrying')
    commands.settle(rows, { settlements: [{ ...settlement(rows), outcome: 'fail', ...fault }] }, at)
  if (state === 'dead') settle(rows, { outcome: 'fail', ...fault, dead: 'nonRetryable' })
  if (state === 'cancelled') commands.cancel(rows, { ids: [id], reason: 'asked' }, at)
  if (state === 'expired') commands.reap(rows, { limit: 10 }, { now: deadline, seed: 1 })
  if (rows.job(id)?.state !== state) throw new Error(`the job is ${rows.job(id)?.state}, not ${state}`)
  return rows
}

if (process.argv[1] === import.meta.filename) console.log(stateTable())
