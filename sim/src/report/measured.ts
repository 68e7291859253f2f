import type { Ledger } from '../capacity/ledger.ts'
import type { Moments } from '../capacity/snapshots.ts'
import { count } from '../capacity/tally.ts'
import type { Series } from '../statistics/series.ts'

/** Durations in seconds. */
export interface Durations {
  readonly mean: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface ClassMeasured {
  readonly wait: Durations
  readonly sojourn: Durations
  /** Mean over the completed ones. */
  readonly sojournCompleted: number
  /** Arrivals, claims and completions per second. */
  readonly arrivalRate: number
  readonly attemptRate: number
  readonly throughput: number
  /** Of those that arrived. */
  readonly refused: number
  /** Of those that were accepted and ended. */
  readonly dead: number
  readonly expired: number
  readonly attemptsPerJob: number
  /** Share of the visits that did not start at once. */
  readonly waited: number
  /** Mean time its producers waited for room. */
  readonly heldUp: number
}

export interface QueueMeasured {
  /** Mean number enqueued. */
  readonly depth: number
  /** Mean number enqueued and processing. */
  readonly system: number
  /** Mean number waiting out a backoff. */
  readonly backoff: number
}

/** What one stretch of a run comes to. */
export interface Measured extends QueueMeasured {
  /** Busy slots over slots. */
  readonly utilization: number
  /** Share of the time with nobody in the system. */
  readonly empty: number
  readonly throughput: number
  /** Mean time a job spent enqueued, those that expired among them. */
  readonly timeWaiting: number
  readonly classes: readonly ClassMeasured[]
  readonly queues: readonly QueueMeasured[]
}

const micros = 1_000_000

/** Between two rows of the ledger's snapshots; after the last row come the jobs that were still there. */
export function measure(ledger: Ledger, fromRow: number, toRow: number): Measured {
  const from = ledger.snapshots.at(fromRow)
  const to = ledger.snapshots.at(toRow)
  const seconds = (to.time - from.time) / micros
  const isLast = toRow === ledger.snapshots.last
  const queues = ledger.queues.map((_, queue) => measureQueue(from, to, queue))
  const classes = ledger.classes.map((_, index) => measureClass(ledger, from, to, index, isLast))
  const accepted = ledger.classes.reduce((sum, _, index) => sum + counted(from, to, index, count.accepted), 0)
  const depth = total(queues, 'depth')
  const system = total(queues, 'system')
  const busy = (system - depth) * seconds * micros + (to.idleWork - from.idleWork)
  return {
    depth,
    system,
    backoff: total(queues, 'backoff'),
    utilization: busy / (to.slots - from.slots),
    empty: (to.empty - from.empty) / (to.time - from.time),
    throughput: classes.reduce((sum, one) => sum + one.throughput, 0),
    timeWaiting: (depth * seconds) / accepted,
    classes,
    queues,
  }
}

function measureQueue(from: Moments, to: Moments, queue: number): QueueMeasured {
  const before = from.queues[queue]!
  const after = to.queues[queue]!
  const time = to.time - from.time
  const depth = (after.waiting - before.waiting) / time
  return {
    depth,
    system: depth + (after.processing - before.processing) / time,
    backoff: (after.backoff - before.backoff) / time,
  }
}

function measureClass(
  ledger: Ledger,
  from: Moments,
  to: Moments,
  index: number,
  isLast: boolean,
): ClassMeasured {
  const { wait, sojourn } = ledger.classes[index]!
  const seconds = (to.time - from.time) / micros
  const inTime = (place: number): number => counted(from, to, index, place)
  // A share counts every job to its end; a rate counts what falls into the time.
  const of = (place: number): number =>
    isLast ? ledger.classes[index]!.tally[place]! - from.classes[index]!.tally[place]! : inTime(place)
  const ended = of(count.completed) + of(count.dead) + of(count.expired)
  const visits = of(count.attempts) + of(count.expired)
  const before = from.classes[index]!
  const after = to.classes[index]!
  return {
    wait: durations(wait, before.waits, isLast ? wait.count : after.waits),
    sojourn: durations(sojourn, before.sojourns, isLast ? sojourn.count : after.sojourns),
    sojournCompleted: of(count.completedMicros) / of(count.completed) / micros,
    arrivalRate: inTime(count.arrived) / seconds,
    attemptRate: inTime(count.attempts) / seconds,
    throughput: inTime(count.completed) / seconds,
    refused: of(count.refused) / of(count.arrived),
    dead: of(count.dead) / ended,
    expired: of(count.expired) / ended,
    attemptsPerJob: of(count.attempts) / ended,
    waited: (of(count.delayed) + of(count.expired)) / visits,
    heldUp: of(count.heldUpMicros) / of(count.accepted) / micros,
  }
}

function counted(from: Moments, to: Moments, index: number, place: number): number {
  return to.classes[index]!.tally[place]! - from.classes[index]!.tally[place]!
}

function durations(series: Series, from: number, to: number): Durations {
  const { mean, quantiles } = series.summary(from, to, [0.5, 0.95, 0.99])
  const [p50, p95, p99] = quantiles as readonly [number, number, number]
  return { mean: mean / micros, p50: p50 / micros, p95: p95 / micros, p99: p99 / micros }
}

function total(queues: readonly QueueMeasured[], field: keyof QueueMeasured): number {
  return queues.reduce((sum, queue) => sum + queue[field], 0)
}
