import type { Millis } from '@millrace/core'
import type { Clock } from './clock.ts'

/** True if the promise settled within the time; no timer is left either way. */
export function within(clock: Clock, promise: Promise<unknown>, ms: Millis): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(ms, () => resolve(false))
    const settled = (): void => {
      cancel()
      resolve(true)
    }
    promise.then(settled, settled)
  })
}
