import type { Millis } from '@millrace/core'
import { Alarm, monotonic } from './alarm.ts'
import type { Call } from './call.ts'
import { errorValue, type ErrorValue } from './error-value.ts'
import { poolError } from './outcome.ts'
import type { Pace } from './pace.ts'
import { hostOf } from './platform-worker.ts'
import type { PoolSettings } from './pool-options.ts'
import type { Served } from './protocol.ts'
import { Slot, type SlotOwner } from './slot.ts'
import { StartBackoff } from './start-backoff.ts'

export interface CrewListener {
  /** A worker is ready: it serves these jobs. */
  joined(served: readonly Served[]): void
  /** There is room. */
  hasRoom(): void
  /** Sent to a worker and never begun there: they wait again, before all others. */
  back(calls: readonly Call[]): void
  /** One after the other died before it was ready, and none is left. */
  broken(error: ErrorValue): void
}

/** To start a worker takes the thread a millisecond or two: an idle one gets the next job first. */
const spareLeadMs = 10

// How often memory is looked at while there is work.
const memoryEveryMs = 250

/** The workers of a pool: started, replaced with backoff when they die, recycled, let go. */
export class Crew implements SlotOwner {
  starts = 0
  deaths = 0
  readonly #settings: PoolSettings
  readonly #pace: Pace
  readonly #listener: CrewListener
  readonly #slots = new Set<Slot>()
  readonly #leaving = new Set<Promise<void>>()
  readonly #backoff = new StartBackoff()
  readonly #alarm = new Alarm(() => this.#startMissing())
  readonly #memoryAlarm = new Alarm(() => void this.#checkMemory())
  readonly #standstillAlarm = new Alarm(() => this.#checkStandstill())
  #wanted = 0
  #startAt: Millis = 0
  #held = true
  #closed = false
  #onEmpty: (() => void) | undefined

  constructor(settings: PoolSettings, pace: Pace, listener: CrewListener) {
    this.#settings = settings
    this.#pace = pace
    this.#listener = listener
  }

  get slots(): ReadonlySet<Slot> {
    return this.#slots
  }

  get busy(): number {
    return this.#count((slot) => !slot.isIdle)
  }

  get hasReady(): boolean {
    return this.#count(({ state }) => state === 'ready') > 0
  }

  get starting(): number {
    return this.#count(({ state }) => state === 'starting')
  }

  /** So many workers there should be. More than that are let go when they have been idle, see `dismissIdle`. */
  want(count: number): void {
    this.#wanted = count
    this.#startMissing()
  }

  /** Whether there is anything to wait for: only then workers keep the process alive. */
  hold(held: boolean): void {
    if (this.#held === held) return
    this.#held = held
    for (const slot of this.#slots) this.#holdOne(slot)
    this.#alarm.cancel()
    this.#startMissing()
    if (held) this.#watch()
  }

  dismissIdle(since: Millis): void {
    const idle = [...this.#slots].filter(
      (slot) => slot.state === 'ready' && slot.isIdle && slot.idleSince <= since,
    )
    for (const slot of idle.slice(0, Math.max(0, this.#slots.size - this.#wanted))) this.#dismiss(slot)
  }

  #watch(): void {
    const { maxMemory, startTimeoutMs } = this.#settings
    if (maxMemory < Infinity) this.#memoryAlarm.set(monotonic() + memoryEveryMs, true)
    this.#standstillAlarm.set(monotonic() + startTimeoutMs, true)
  }

  #checkStandstill(): void {
    for (const slot of this.#slots) slot.checkStandstill()
    if (this.#held) this.#watch()
  }

  /** A worker that takes more memory than it may is replaced: when its job has ended, or at once. */
  async #checkMemory(): Promise<void> {
    if (this.#held) this.#watch()
    const { maxMemory } = this.#settings
    for (const slot of this.#slots) {
      const bytes = (await slot.memory()) ?? 0
      if (slot.state !== 'ready' || bytes <= maxMemory) continue
      if (slot.isIdle) this.#replace(slot)
      else if (bytes > 2 * maxMemory)
        slot.die(poolError('WORKER_CRASHED', `the worker took ${bytes} bytes, more than twice its maxMemory`))
      else slot.isTired = true
    }
  }

  /** Aborts what runs; resolves when all workers are gone. */
  async close(why: ErrorValue): Promise<void> {
    this.#closed = true
    for (const alarm of [this.#alarm, this.#memoryAlarm, this.#standstillAlarm]) alarm.cancel()
    for (const slot of this.#slots) slot.abortAll(why)
    for (const slot of this.#slots) if (slot.isIdle) this.#dismiss(slot)
    if (this.#slots.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve))
    await Promise.all(this.#leaving)
  }

  // What the workers tell.

  ready(_slot: Slot, served: readonly Served[]): void {
    this.#backoff.started()
    this.#listener.joined(served)
    this.#listener.hasRoom()
  }

  advanced(slot: Slot): void {
    if (slot.ended > 0) this.#backoff.worked()
    if (slot.ended >= this.#settings.recycleAfter) slot.isTired = true
    if (slot.isIdle && this.#closed) this.#dismiss(slot)
    else if (slot.isTired && slot.isIdle) this.#replace(slot)
    this.#listener.hasRoom()
  }

  stalled(calls: readonly Call[]): void {
    this.#listener.back(calls)
  }

  died(slot: Slot, error: ErrorValue, unharmed: readonly Call[]): void {
    this.deaths++
    this.#leave(slot)
    this.#backoff.died(slot.wasReady, slot.ended)
    const hasSpare = this.#count(({ state, isIdle }) => state === 'ready' && isIdle) > 0
    this.#startAt = monotonic() + Math.max(this.#backoff.delayMs, hasSpare ? spareLeadMs : 0)
    const back = unharmed.filter((call) => !call.settled)
    if (back.length > 0) this.#listener.back(back)
    this.#listener.hasRoom()
    if (this.#backoff.isBroken && this.#slots.size === 0) this.#listener.broken(error)
    this.#startMissing()
  }

  #replace(slot: Slot): void {
    this.#dismiss(slot)
    this.#startMissing()
  }

  #dismiss(slot: Slot): void {
    slot.dismiss()
    this.#leave(slot)
  }

  #leave(slot: Slot): void {
    this.#slots.delete(slot)
    this.#leaving.add(slot.gone)
    void slot.gone.then(() => this.#leaving.delete(slot.gone))
    if (this.#slots.size === 0) this.#onEmpty?.()
  }

  #startMissing(): void {
    while (!this.#closed && this.#slots.size < this.#wanted) {
      if (this.#startAt > monotonic()) return this.#alarm.set(this.#startAt, !this.#held)
      this.#start()
    }
  }

  #start(): void {
    this.starts++
    try {
      const host = hostOf(this.#settings.create())
      const slot = new Slot(host, this.#pace, this, this.#settings)
      this.#slots.add(slot)
      this.#holdOne(slot)
    } catch (error) {
      this.#failedStart(errorValue(error))
    }
  }

  /** `create` itself threw. */
  #failedStart(error: ErrorValue): void {
    this.deaths++
    this.#backoff.died(false, 0)
    this.#startAt = monotonic() + this.#backoff.delayMs
    if (this.#backoff.isBroken && this.#slots.size === 0) this.#listener.broken(error)
  }

  #count(which: (slot: Slot) => boolean): number {
    let count = 0
    for (const slot of this.#slots) if (which(slot)) count++
    return count
  }

  #holdOne(slot: Slot): void {
    if (this.#held) slot.hold()
    else slot.letGo()
  }
}
