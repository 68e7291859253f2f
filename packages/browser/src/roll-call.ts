import type { Millis } from '@millrace/core'
import type { Clock } from '@millrace/runtime'

/** What tabs say to each other: hints only, the truth is in the locks and in the store. */
type Call = { readonly say: 'who' } | { readonly say: 'here' | 'gone'; readonly owner: string }

const everyMs: Millis = 15_000
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
 * Asks every few seconds who is there. Whoever lives answers at once, however rarely its own timers ring;
 * who has not for a minute is frozen, or asleep, and holds its jobs for nothing.
 */
export class RollCall {
  readonly #clock: Clock
  readonly #channel: BroadcastChannel
  readonly #listener: RollCallListener
  readonly #heard = new Map<string, Millis>()
  #own: string | undefined
  #tickAt: Millis
  #cancel: (() => void) | undefined

  constructor(name: string, clock: Clock, listener: RollCallListener) {
    this.#clock = clock
    this.#listener = listener
    this.#tickAt = clock.monotonic()
    this.#channel = new BroadcastChannel(`millrace:${name}:tabs`)
    this.#channel.addEventListener('message', ({ data }: MessageEvent<Call>) => this.#hear(data))
    this.#arm()
  }

  /** This is us from now on. */
  enter(owner: string): void {
    this.#own = owner
    this.#say({ say: 'here', owner })
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
    this.#channel.close()
  }

  #hear(call: Call): void {
    if (call.say === 'who') {
      if (this.#own !== undefined) this.#say({ say: 'here', owner: this.#own })
    } else if (call.say === 'gone') this.#listener.gone(call.owner)
    else {
      if (this.#heard.has(call.owner)) this.watch(call.owner)
      this.#listener.here(call.owner)
    }
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
    this.#channel.postMessage(call)
  }
}
