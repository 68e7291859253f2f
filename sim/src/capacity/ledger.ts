import { RollingHash } from '../kernel/rolling-hash.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { Gauge } from '../statistics/gauge.ts'
import { WarmupDetector } from '../statistics/mser.ts'
import { Series } from '../statistics/series.ts'
import { Snapshots } from './snapshots.ts'
import { count, counts } from './tally.ts'
import type { Micros } from './virtual-time.ts'

/** Durations kept raw in one run, all series together. */
const rawValues = 10_000_000

export type Ending = 'completed' | 'dead' | 'expired'

/** What is told of one class. */
export interface ClassBook {
  readonly id: string
  readonly tally: Float64Array
  /** Time enqueued before a claim, by visit. */
  readonly wait: Series
  /** From enqueue to the end. */
  readonly sojourn: Series
}

/** Where the jobs of one queue are. */
export interface QueueBook {
  readonly name: string
  readonly waiting: Gauge
  readonly processing: Gauge
  readonly backoff: Gauge
}

// What is hashed of each kind of fact.
const fact = {
  arrived: 1,
  refused: 2,
  claimed: 3,
  failed: 4,
  completed: 5,
  dead: 6,
  expired: 7,
  lost: 8,
} as const

/** Writes down everything that happens in a run: the source of every figure in its report, and of its hash. */
export class Ledger {
  readonly hash: RollingHash = new RollingHash()
  readonly classes: readonly ClassBook[]
  readonly queues: readonly QueueBook[]
  /** Worker slots that work for nobody: the job was taken from them, or has failed by timeout. */
  readonly idleWork: Gauge = new Gauge()
  readonly slots: Gauge = new Gauge()
  readonly warmup: WarmupDetector = new WarmupDetector()
  readonly snapshots: Snapshots
  ended = 0
  mostWaiting = 0
  mostInSystem = 0
  #waiting = 0
  #inSystem = 0
  #emptySince: Micros = 0
  #emptyTime: Micros = 0

  constructor({ classes, queues }: Scenario) {
    const names = Object.keys(queues)
    const limit = rawValues / (2 * classes.length)
    this.classes = classes.map(({ id }) => ({
      id,
      tally: new Float64Array(counts),
      wait: new Series(limit),
      sojourn: new Series(limit),
    }))
    this.queues = names.map((name) => ({
      name,
      waiting: new Gauge(),
      processing: new Gauge(),
      backoff: new Gauge(),
    }))
    this.snapshots = new Snapshots(this)
  }

  get inSystem(): number {
    return this.#inSystem
  }

  arrived(ofClass: number, now: Micros, entity: number): void {
    this.#note(now, fact.arrived, entity, ofClass)
    const { tally } = this.classes[ofClass]!
    tally[count.arrived]!++
  }

  accepted(ofClass: number): void {
    const { tally } = this.classes[ofClass]!
    tally[count.accepted]!++
  }

  refused(ofClass: number, now: Micros, entity: number): void {
    this.#note(now, fact.refused, entity, ofClass)
    const { tally } = this.classes[ofClass]!
    tally[count.refused]!++
  }

  visitStarts(queue: number, now: Micros): void {
    this.queues[queue]!.waiting.enter(now)
    if (++this.#waiting > this.mostWaiting) this.mostWaiting = this.#waiting
    if (this.#inSystem === 0) this.#emptyTime += now - this.#emptySince
    if (++this.#inSystem > this.mostInSystem) this.mostInSystem = this.#inSystem
  }

  claimed(ofClass: number, queue: number, now: Micros, since: Micros, entity: number, attempt: number): void {
    this.#note(now, fact.claimed, entity, attempt)
    const { waiting, processing } = this.queues[queue]!
    waiting.leave(now, since)
    processing.enter(now)
    this.#waiting--
    const { tally, wait } = this.classes[ofClass]!
    tally[count.attempts]!++
    if (now > since) tally[count.delayed]!++
    if (wait.isFull) this.#spill()
    wait.add(now - since)
  }

  /** The attempt is over for the core. */
  settled(queue: number, now: Micros, claimedAt: Micros): void {
    this.queues[queue]!.processing.leave(now, claimedAt)
    if (--this.#inSystem === 0) this.#emptySince = now
  }

  failed(ofClass: number, now: Micros, entity: number, attempt: number): void {
    this.#note(now, fact.failed, entity, attempt)
    this.classes[ofClass]!.tally[count.failures]!++
  }

  timedOut(ofClass: number): void {
    this.classes[ofClass]!.tally[count.timeouts]!++
  }

  lost(ofClass: number, now: Micros, entity: number, attempt: number): void {
    this.#note(now, fact.lost, entity, attempt)
    this.classes[ofClass]!.tally[count.lost]!++
  }

  expiredWaiting(queue: number, now: Micros, since: Micros): void {
    this.queues[queue]!.waiting.leave(now, since)
    this.#waiting--
    if (--this.#inSystem === 0) this.#emptySince = now
  }

  ends(ofClass: number, ending: Ending, now: Micros, createdAt: Micros, entity: number): void {
    this.#note(now, fact[ending], entity, ofClass)
    const { tally, sojourn } = this.classes[ofClass]!
    const time = now - createdAt
    tally[count[ending]]!++
    if (ending === 'completed') tally[count.completedMicros]! += time
    if (sojourn.isFull) this.#spill()
    sojourn.add(time)
    this.warmup.add(time)
    this.ended++
  }

  /** Virtual time up to now with nobody in the system. */
  emptyTimeAt(now: Micros): Micros {
    return this.#emptyTime + (this.#inSystem === 0 ? now - this.#emptySince : 0)
  }

  #note(now: Micros, kind: number, entity: number, detail: number): void {
    this.hash.add(now, kind, entity, detail)
    this.snapshots.tick(now)
  }

  /** Memory for raw durations is used up: the warm-up is settled now, and histograms take over. */
  #spill(): void {
    const start = this.snapshots.startOfMeasuring('auto')
    this.classes.forEach(({ wait, sojourn }, index) => {
      if (wait.isRaw) wait.spill(this.snapshots.waits(start, index))
      if (sojourn.isRaw) sojourn.spill(this.snapshots.sojourns(start, index))
    })
  }
}
