import type { Millis } from '@millrace/core'
import { systemClock, type Clock } from '@millrace/runtime'

/** What the page says to its timer worker, and hears from it. */
export type TimerCall = { readonly set: number; readonly ms: Millis } | { readonly clear: number }

/**
 * A clock whose timers ring in a worker: browsers let those of hidden pages ring once a minute, too rarely to keep leases.
 * `create` makes the worker, whose script calls `serveTimers()`.
 *
 * @example
 * const clock = workerClock(() => new Worker(new URL('./timers.worker.ts', import.meta.url), { type: 'module' }))
 */
export function workerClock(create: () => Worker): Clock & { close(): void } {
  const worker = create()
  const waiting = new Map<number, () => void>()
  let last = 0
  const say = (call: TimerCall): void => worker.postMessage(call)
  worker.addEventListener('message', ({ data }: MessageEvent<number>) => {
    const ring = waiting.get(data)
    waiting.delete(data)
    ring?.()
  })
  return {
    ...systemClock(),
    setTimer(delayMs, ring) {
      const id = ++last
      waiting.set(id, ring)
      say({ set: id, ms: delayMs })
      return () => {
        if (waiting.delete(id)) say({ clear: id })
      }
    },
    close: () => worker.terminate(),
  }
}
