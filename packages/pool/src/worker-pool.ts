import type { Load, Millis } from '@millrace/core'
import { createAfterTurn } from './after-turn.ts'
import { Alarm, monotonic } from './alarm.ts'
import { Call, follow, type CallListener } from './call.ts'
import { Crew, type CrewListener } from './crew.ts'
import { parseDuration, type Duration } from './duration.ts'
import { errorOf, type ErrorValue } from './error-value.ts'
import { failed, poolError, type Outcome } from './outcome.ts'
import { Pace } from './pace.ts'
import { poolSettings, type PoolOptions, type PoolSettings } from './pool-options.ts'
import type { Served } from './protocol.ts'
import { Sizing } from './sizing.ts'
import type { Slot } from './slot.ts'
import { WaitingCalls } from './waiting-calls.ts'

/** What a pool can be asked to do: a name, or a definition that knows its types. */
export type Runnable<Payload, Result> =
  | string
  | { readonly name: string; readonly '~types'?: (payload: Payload, input: never) => Result }

export interface RunOptions {
  readonly signal?: AbortSignal
  /** From when the handler begins; none, if not given. */
  readonly timeout?: Duration
  readonly onProgress?: (fraction: number) => void
  readonly onLog?: (line: string) => void
}

/** What a pool tells those who use it for longer than a call. */
export interface PoolUser {
  /** A worker is ready, and this is what it has code for. */
  serves(jobs: readonly Served[]): void
  /** Its workers do not start; it goes on trying. */
  trouble(error: unknown): void
}

/** How a pool is doing. */
export interface PoolState {
  /** Workers there should be, spares not counted. */
  readonly size: number
  /** Workers there are, starting ones and spares included. */
  readonly workers: number
  readonly busy: number
  readonly waiting: number
  readonly starts: number
  readonly deaths: number
}

/** Runs handlers in workers. Every call settles, whatever becomes of its worker. */
export class WorkerPool implements CrewListener {
  /** The most handlers that run at once. */
  readonly capacity: number
  /** How long an aborted handler may go on. */
  readonly graceMs: Millis
  readonly #settings: PoolSettings
  readonly #pace = new Pace()
  readonly #crew: Crew
  readonly #sizing: Sizing
  readonly #waiting = new WaitingCalls()
  /** Calls waiting or in a worker's hand. */
  #unsettled = 0
  #pumpScheduled = false
  readonly #pumpLater = createAfterTurn(() => this.#pump())
  readonly #growAlarm = new Alarm(() => this.#grow())
  readonly #idleAlarm = new Alarm(() => this.#shrink())
  #served: readonly Served[] | undefined
  readonly #users = new Set<PoolUser>()
  readonly #openers: { resolve(served: readonly Served[]): void; reject(error: Error): void }[] = []
  #closed: Promise<void> | undefined

  constructor(settings: PoolSettings) {
    this.#settings = settings
    this.capacity = settings.policy.max
    this.graceMs = settings.graceMs
    this.#crew = new Crew(settings, this.#pace, this)
    this.#crew.hold(false)
    this.#sizing = new Sizing(settings.policy, monotonic())
  }

  /** Calls the handler of that name in a worker, with a copy of the payload. Never throws and never pends for ever: what went wrong is in the outcome. */
  run<Payload, Result>(
    job: Runnable<Payload, Result>,
    payload: Payload,
    options: RunOptions = {},
  ): Promise<Outcome<Result>> {
    const { signal, timeout, onProgress, onLog } = options
    const timeoutMs = timeout === undefined ? 0 : parseDuration(timeout, 'timeout')
    const listener: CallListener = {
      tell(word) {
        const { progress, line } = word as { readonly progress?: number; readonly line?: string }
        if (progress !== undefined) onProgress?.(progress)
        if (line !== undefined) onLog?.(line)
      },
    }
    const call = new Call(typeof job === 'string' ? job : job.name, payload, false, timeoutMs, listener)
    this.#submit(call)
    if (signal !== undefined) follow(call, signal)
    return call.outcome as Promise<Outcome<Result>>
  }

  /** Starts the smallest number of workers, one at least; resolves with what they serve when the first is ready. Rejects with WORKER_NOT_STARTED or CLOSED. */
  async open(): Promise<readonly Served[]> {
    if (this.#closed !== undefined) throw errorOf(closedError)
    if (this.#served !== undefined) return this.#served
    return new Promise((resolve, reject) => {
      this.#openers.push({ resolve, reject })
      this.#wake()
    })
  }

  /** For a runtime's worker: as `open`, until the answered function is called. The last to call it closes the pool. */
  attach(user: PoolUser): () => Promise<void> {
    this.#users.add(user)
    if (this.#served !== undefined) user.serves(this.#served)
    else this.#wake()
    return async () => {
      this.#users.delete(user)
      if (this.#users.size === 0) await this.close()
    }
  }

  /** For a runtime's worker: the request goes to `perform` of the job's implementation. */
  perform(name: string, request: unknown, listener: CallListener): Call {
    const call = new Call(name, request, true, 0, listener)
    this.#submit(call)
    return call
  }

  state(): PoolState {
    const { slots, busy, starts, deaths } = this.#crew
    const waiting = this.#waiting.size
    return { size: this.#sizing.size, workers: slots.size, busy, waiting, starts, deaths }
  }

  /** Aborts what runs, ends all workers and resolves when they are gone. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  // What the crew tells.

  joined(served: readonly Served[]): void {
    this.#staff()
    if (this.#served !== undefined) return
    this.#served = served
    for (const opener of this.#openers.splice(0)) opener.resolve(served)
    for (const user of this.#users) user.serves(served)
  }

  hasRoom(): void {
    if (this.#waiting.size > 0) this.#schedulePump()
  }

  back(calls: readonly Call[]): void {
    for (const call of calls) call.onStop = this.#withdraw
    this.#waiting.addFirst(calls)
    this.#schedulePump()
  }

  broken(error: ErrorValue): void {
    const why = poolError('WORKER_NOT_STARTED', `no worker of the pool starts: ${error.message}`, error)
    this.#refuse(why)
    for (const user of this.#users) user.trouble(errorOf(why))
  }

  #submit(call: Call): void {
    if (this.#closed !== undefined) return call.settle(failed(closedError, false))
    call.waitingSince = monotonic()
    call.onStop = this.#withdraw
    this.#waiting.add(call)
    this.#unsettled++
    call.onSettled = this.#onSettled
    if (this.#unsettled === 1) this.#begin()
    this.#schedulePump()
  }

  #begin(): void {
    this.#crew.hold(true)
    this.#wake()
    this.#idleAlarm.set(monotonic() + this.#settings.idleTimeoutMs / 2, true)
  }

  #wake(): void {
    this.#sizing.wake(monotonic())
    this.#staff()
  }

  #staff(): void {
    this.#crew.want(this.#withSpares(this.#sizing.size))
  }

  /** Spares start behind the first worker: beside it they would make it late. */
  #withSpares(size: number): number {
    return this.#crew.hasReady ? size + this.#settings.spares : size
  }

  readonly #withdraw = (call: Call): void => {
    this.#waiting.remove(call)
    call.withdraw()
  }

  readonly #onSettled = (): void => {
    this.#unsettled--
    if (this.#unsettled === 0) this.#crew.hold(false)
  }

  /** An idle worker gets its call in this very turn; calls that are to be sent ahead wait for it to end, to share a message. */
  #schedulePump(): void {
    if (this.#pumpScheduled) return
    this.#pumpScheduled = true
    if (this.#hasIdle()) queueMicrotask(() => this.#pump())
    else this.#pumpLater()
  }

  #hasIdle(): boolean {
    for (const slot of this.#crew.slots) if (slot.state === 'ready' && slot.isIdle) return true
    return false
  }

  #pump(): void {
    this.#pumpScheduled = false
    const slots = this.#eligible()
    let left = slots.length
    for (const slot of slots) {
      const share = Math.ceil(this.#waiting.size / left--)
      this.#deal(slot, share)
    }
    if (this.#waiting.size > 0) this.#grow()
  }

  /** Gives the slot calls from the front of the line, at most its share. Fewer than it has in hand may wait for company: a message costs more than a short call. */
  #deal(slot: Slot, share: number): void {
    if (share < slot.inHand) return
    for (let count = 0; count < share && slot.hasRoom(this.#waiting.first()!); count++)
      slot.add(this.#waiting.take())
    slot.send()
  }

  /** Idle ones first, as many as the size allows to be busy at once: one more is the spare. */
  #eligible(): readonly Slot[] {
    const ready = [...this.#crew.slots].filter(({ state }) => state === 'ready')
    const busy = ready.filter((slot) => !slot.isIdle)
    const idle = ready.filter((slot) => slot.isIdle)
    return [...idle.slice(0, Math.max(0, this.#sizing.size - busy.length)), ...busy]
  }

  /** What waits for more than the workers that are starting already. */
  #load(now: Millis): Load {
    const depth = Math.max(0, this.#waiting.size - this.#crew.starting)
    const oldest = depth === 0 ? undefined : this.#waiting.first()
    const lagMs = oldest === undefined ? 0 : now - oldest.waitingSince
    return { depth, lagMs, busy: this.#crew.busy }
  }

  #grow(): void {
    if (this.#waiting.size === 0 || !this.#sizing.canGrow || this.#closed !== undefined) return
    const now = monotonic()
    this.#growAlarm.set(this.#sizing.grow(this.#load(now), now))
    this.#staff()
  }

  #shrink(): void {
    if (this.#closed !== undefined) return
    const now = monotonic()
    // What waits for a worker that starts is no reason to let it go.
    if (this.#waiting.size === 0) this.#sizing.shrink(this.#load(now), now)
    this.#staff()
    this.#crew.dismissIdle(now - this.#settings.idleTimeoutMs)
    // Half the time, so that none stays for twice as long.
    if (this.#unsettled > 0 || this.#crew.slots.size > this.#withSpares(this.#settings.policy.min))
      this.#idleAlarm.set(now + this.#settings.idleTimeoutMs / 2, true)
  }

  /** Whoever waits for a worker is told that there will be none. */
  #refuse(why: ErrorValue): void {
    for (const call of this.#waiting.takeAll()) call.settle(failed(why, false))
    for (const opener of this.#openers.splice(0)) opener.reject(errorOf(why))
  }

  async #close(): Promise<void> {
    for (const alarm of [this.#growAlarm, this.#idleAlarm]) alarm.cancel()
    this.#crew.want(0)
    this.#refuse(closedError)
    await this.#crew.close(closedError)
  }
}

const closedError = poolError('CLOSED', 'the pool was closed; create a new one')

/** A pool of workers: of browsers or of Node, as `create` makes them. */
export function workerPool(options: PoolOptions): WorkerPool {
  return new WorkerPool(poolSettings(options))
}
