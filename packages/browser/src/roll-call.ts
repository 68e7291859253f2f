import type { Millis } from '@millrace/core'
import type { Clock } from '@millrace/runtime'

/** What tabs say to each other: hints only, the truth is in the locks and in the store. */
type Call =
  | { readonly say: 'who' }
  /** `tickedMs`: how long ago its timers rang last. */
  | { readonly say: 'here'; readonly owner: string; readonly tickedMs: Millis }
  | { readonly say: 'gone'; readonly owner: string }

const everyMs: Millis = 5_000
const staleMs: Millis = 60_000

export interface RollCallListener {
  /** Somebody said that it is there. */
  here(owner: string): void
  /** Somebody said that it goes. */
  gone(owner: string): unknown
  /** It holds its lock and has not answered for a minute. */
  silent(owner: string): void
}

/**
 * Asks every few seconds who is there. Whose timers have not rung for a minute is frozen, or asleep, and holds its jobs for nothing;
 * to answer is not enough, for a frozen page of Chromium still hears messages.
 */
export class RollCall {
  readonly #clock: Clock
  readonly #channel: BroadcastChannel | undefined
  readonly #listener: RollCallListener
  readonly #heard = new Map<string, Millis>()
  #own: string | undefined
  #tickAt: Millis
  #cancel: (() => void) | undefined

  constructor(name: string, clock: Clock, listener: RollCallListener) {
    this.#clock = clock
    this.#listener = listener
    this.#tickAt = clock.monotonic()
    if (typeof BroadcastChannel === 'undefined') return
    this.#channel = new BroadcastChannel(`millrace:${name}:tabs`)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Call>) => this.#hear(data))
    this.#arm()
  }

  /** This is us from now on. */
  enter(owner: string): void {
    this.#own = owner
    this.#tickAt = this.#clock.monotonic()
    this.#answer()
    this.#say({ say: 'who' })
  }

  leave(): void {
    if (this.#own !== undefined) this.#say({ say: 'gone', owner: this.#own })
    this.#own = undefined
  }

  /** Counts its silence from now on. */
  watch(owner: string): void {
    this.#heard.set(owner, this.#clock.monotonic())
  }

  unwatch(owner: string): void {
    this.#heard.delete(owner)
  }

  close(): void {
    this.#cancel?.()
    this.#channel?.close()
  }

  #hear(call: Call): void {
    switch (call.say) {
      case 'who':
        return this.#answer()
      case 'gone':
        return void this.#listener.gone(call.owner)
      case 'here':
        this.#listener.here(call.owner)
        if (this.#heard.has(call.owner)) this.#heard.set(call.owner, this.#clock.monotonic() - call.tickedMs)
    }
  }

  #answer(): void {
    const tickedMs = this.#clock.monotonic() - this.#tickAt
    if (this.#own !== undefined) this.#say({ say: 'here', owner: this.#own, tickedMs })
  }

  #tick(): void {
    const now = this.#clock.monotonic()
    // We slept ourselves: nobody could be heard meanwhile.
    const isAwake = now - this.#tickAt < staleMs / 2
    this.#tickAt = now
    for (const [owner, heardAt] of this.#heard)
      if (!isAwake) this.watch(owner)
      else if (now - heardAt >= staleMs) this.#listener.silent(owner)
    this.#say({ say: 'who' })
    this.#arm()
  }

  #arm(): void {
    this.#cancel = this.#clock.setTimer(everyMs, () => this.#tick(), true)
  }

  #say(call: Call): void {
    this.#channel?.postMessage(call)
  }
}
