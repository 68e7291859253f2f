import { MillraceError, type Millis, type ScalePolicy } from '@millrace/core'
import { parseDuration, type Duration } from './duration.ts'
import type { PlatformWorker } from './platform-worker.ts'
import { threadPolicy } from './sizing.ts'

export interface PoolOptions {
  /** Makes one worker: `() => new Worker(new URL('./jobs.worker.ts', import.meta.url), { type: 'module' })`. */
  readonly create: () => PlatformWorker
  /** How many workers: always so many, or between two bounds as the load asks for; as many as there are cores, if not given. */
  readonly size?: number | { readonly min: number; readonly max: number }
  /** Workers started beyond the size, so that a dead one's place is taken at once: 0 or 1; 1, if not given. */
  readonly spares?: 0 | 1
  /** A worker above the smallest size that had nothing to do for so long is let go; 30 s, if not given. */
  readonly idleTimeout?: Duration
  /** A worker that has not answered by then counts as dead; 10 s, if not given. */
  readonly startTimeout?: Duration
  /** How long a handler may go on after its abort before its worker is terminated; 2 s, if not given. */
  readonly grace?: Duration
  /** Bytes, buffers included: a worker found above is replaced after its job; above twice as much, at once. Node only: browsers do not tell. */
  readonly maxMemory?: number
  /** A worker is replaced after so many calls. */
  readonly recycleAfter?: number
  /** How size follows load; see core's `ScalePolicy`. */
  readonly autoscale?: Partial<Omit<ScalePolicy, 'min' | 'max'>>
}

export interface PoolSettings {
  readonly create: () => PlatformWorker
  readonly policy: ScalePolicy
  readonly spares: number
  readonly idleTimeoutMs: Millis
  readonly startTimeoutMs: Millis
  readonly graceMs: Millis
  readonly maxMemory: number
  readonly recycleAfter: number
}

const known = [
  'create',
  'size',
  'spares',
  'idleTimeout',
  'startTimeout',
  'grace',
  'maxMemory',
  'recycleAfter',
  'autoscale',
]
const mostWorkers = 1_024

export function poolSettings(options: PoolOptions): PoolSettings {
  checkKnown(options, known, 'workerPool')
  if (typeof options.create !== 'function') throw bad('create must be a function that answers a new worker')
  const { min, max } = bounds(options.size ?? Math.max(1, navigator.hardwareConcurrency))
  const wishes = options.autoscale ?? {}
  checkKnown(wishes, ['depth', 'lagMs', 'relief', 'cooldownMs'], 'autoscale')
  for (const [name, value] of Object.entries(wishes))
    if (!(value >= 0)) throw bad(`autoscale.${name} must be a number from 0`)
  return {
    create: options.create,
    policy: threadPolicy(min, max, wishes),
    spares: integer(options.spares ?? 1, 0, 1, 'spares'),
    idleTimeoutMs: parseDuration(options.idleTimeout ?? '30s', 'idleTimeout'),
    startTimeoutMs: parseDuration(options.startTimeout ?? '10s', 'startTimeout'),
    graceMs: parseDuration(options.grace ?? '2s', 'grace'),
    maxMemory: bound(options.maxMemory, 1 << 20, 'maxMemory'),
    recycleAfter: bound(options.recycleAfter, 1, 'recycleAfter'),
  }
}

function bounds(size: NonNullable<PoolOptions['size']>): { readonly min: number; readonly max: number } {
  if (typeof size === 'number') return { min: integer(size, 1, mostWorkers, 'size'), max: size }
  checkKnown(size, ['min', 'max'], 'size')
  const max = integer(size.max, 1, mostWorkers, 'size.max')
  return { min: integer(size.min, 0, max, 'size.min'), max }
}

function bound(value: number | undefined, min: number, what: string): number {
  return value === undefined ? Infinity : integer(value, min, Number.MAX_SAFE_INTEGER, what)
}

function integer(value: number, min: number, max: number, what: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw bad(`${what} must be a whole number from ${min} to ${max}, not ${String(value)}`)
}

function checkKnown(options: object, names: readonly string[], what: string): void {
  if (typeof options !== 'object' || options === null) throw bad(`${what} takes an object`)
  for (const name of Object.keys(options))
    if (!names.includes(name)) throw bad(`${what} has no option ${name}; it knows ${names.join(', ')}`)
}

function bad(message: string): MillraceError {
  return new MillraceError('BAD_ARGUMENT', message)
}
