import { systemClock } from '@millrace/runtime'
import type { TimerCall } from './worker-clock.ts'

/** Called once in the worker of a `workerClock`. */
export function serveTimers(): void {
  const clock = systemClock()
  const cancels = new Map<number, () => void>()
  globalThis.addEventListener('message', ({ data }: MessageEvent<TimerCall>) => {
    if ('clear' in data) {
      cancels.get(data.clear)?.()
      cancels.delete(data.clear)
      return
    }
    const { set, ms } = data
    cancels.set(
      set,
      clock.setTimer(ms, () => {
        cancels.delete(set)
        ;(globalThis as unknown as { postMessage(message: number): void }).postMessage(set)
      }),
    )
  })
}
