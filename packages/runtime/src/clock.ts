import type { Millis } from '@millrace/core'

/** All that the runtime knows of time. Tests pass one that stands still until it is told to move. */
export interface Clock {
  /** Milliseconds since 1970, as people and other processes count them; may jump. */
  now(): Millis
  /** Milliseconds from some fixed point; never jumps, and is what durations are measured with. */
  monotonic(): Millis
  /** Runs `fn` once after the delay, unless the answered function was called before. A background timer keeps no process alive. */
  setTimer(delayMs: Millis, fn: () => void, background?: boolean): () => void
  /** Runs `fn` after the event loop had a turn: for loops that would starve everything else. */
  afterTurn(fn: () => void): void
}

// What setTimeout can count to; it fires at once when asked for more.
const longestTimeout = 2 ** 31 - 1

/** The clock of the platform. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimer,
    afterTurn: createAfterTurn(),
  }
}

function setTimer(delayMs: Millis, fn: () => void, background = false): () => void {
  const endsAt = performance.now() + delayMs
  let timer: ReturnType<typeof setTimeout>
  const arm = (left: Millis): void => {
    timer = setTimeout(ring, Math.min(longestTimeout, Math.ceil(left)))
    if (background) unref(timer)
  }
  // Engines let timers ring a little early; whoever counts on the time having passed must not see that.
  const ring = (): void => {
    const left = endsAt - performance.now()
    if (left > 0) arm(left)
    else fn()
  }
  arm(delayMs)
  return () => clearTimeout(timer)
}

/** Node's timers are objects that can let the process go; those of browsers are numbers. */
function unref(timer: unknown): void {
  ;(timer as { unref?(): void }).unref?.()
}

declare const setImmediate: ((fn: () => void) => unknown) | undefined

/** Node has setImmediate; elsewhere a message channel takes turns without the 4 ms that browsers add to nested timeouts. */
function createAfterTurn(): (fn: () => void) => void {
  if (typeof setImmediate === 'function') return (fn) => void setImmediate(fn)
  if (typeof MessageChannel !== 'function') return (fn) => void setTimeout(fn, 0)
  const waiting: (() => void)[] = []
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener('message', () => waiting.shift()?.())
  port1.start()
  return (fn) => {
    waiting.push(fn)
    port2.postMessage(0)
  }
}
