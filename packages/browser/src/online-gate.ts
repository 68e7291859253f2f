import type { Millis } from '@millrace/core'
import { systemClock, type Clock, type Worker } from '@millrace/runtime'
import {
  gateLimit,
  gateOpensAt,
  gateStatus,
  initialGate,
  nextGate,
  type GateInput,
  type GateState,
  type GateStatus,
} from './gate-state.ts'
import { platformSignals, type NetworkSignals } from './network-signals.ts'
import type { Verdict } from './verdict.ts'

export interface OnlineGateOptions {
  /** `unmetered` waits for a connection that costs nothing per byte; where the browser cannot tell, any will do. `any`, if not given. */
  readonly network?: 'any' | 'unmetered'
  /** For tests: what the platform tells. */
  readonly signals?: NetworkSignals
  /** For tests: where the time comes from. */
  readonly clock?: Clock
  /** For tests: chance, from 0 to 1. */
  readonly draw?: () => number
}

/** Lets work that needs the network begin only when it has a chance, and never all at once after trouble. */
export class OnlineGate {
  readonly #clock: Clock
  readonly #signals: NetworkSignals
  readonly #draw: () => number
  readonly #mindsCost: boolean
  readonly #listeners = new Set<() => void>()
  readonly #unlisten: () => void
  #state: GateState = initialGate
  #cancelTimer: (() => void) | undefined
  #isClosed = false

  constructor(options: OnlineGateOptions = {}) {
    this.#clock = options.clock ?? systemClock()
    this.#signals = options.signals ?? platformSignals()
    this.#draw = options.draw ?? Math.random
    this.#mindsCost = options.network === 'unmetered'
    this.#unlisten = this.#signals.onChange(() => this.#look())
    this.#look()
  }

  get status(): GateStatus {
    return gateStatus(this.#state)
  }

  /** How many may be under way at once now. */
  get limit(): number {
    return gateLimit(this.#state, this.#clock.monotonic())
  }

  /** Milliseconds until the limit rises by itself; `Infinity` if it waits for something to happen. */
  get opensInMs(): Millis {
    const now = this.#clock.monotonic()
    return gateOpensAt(this.#state, now) - now
  }

  /** Called when an attempt begins; answers what it tells the gate when it ends. */
  begin(): (verdict: Verdict) => void {
    const { resumes } = this.#state
    return (verdict) =>
      this.#take({ type: 'ended', verdict, resumes, now: this.#clock.monotonic(), draw: this.#draw() })
  }

  /** There are new credentials, or the user wants it tried now. */
  resume(): void {
    this.#take({ type: 'resume', now: this.#clock.monotonic() })
  }

  /** Calls when status or limit may have changed; answers what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Keeps the worker within the limit from now on; answers what ends that. */
  govern(worker: Pick<Worker, 'limit'>): () => void {
    const apply = (): void => worker.limit(this.limit)
    apply()
    return this.onChange(apply)
  }

  /** Lets go of timers and listeners. Safe to call twice. */
  close(): void {
    this.#isClosed = true
    this.#unlisten()
    this.#cancelTimer?.()
    this.#listeners.clear()
  }

  #look(): void {
    const now = this.#clock.monotonic()
    this.#state = nextGate(this.#state, {
      type: 'metered',
      metered: this.#mindsCost && this.#signals.metered(),
    })
    this.#take({ type: 'hint', online: this.#signals.online(), now })
  }

  #take(input: GateInput): void {
    if (this.#isClosed) return
    this.#state = nextGate(this.#state, input)
    this.#tell()
  }

  #tell(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (this.opensInMs < Infinity)
      this.#cancelTimer = this.#clock.setTimer(this.opensInMs, () => this.#tell(), true)
    for (const listener of this.#listeners) listener()
  }
}

/** A gate that listens to this page or worker. */
export function onlineGate(options: OnlineGateOptions = {}): OnlineGate {
  return new OnlineGate(options)
}
