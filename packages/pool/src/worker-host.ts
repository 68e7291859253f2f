import type { Endpoint } from 'comlink'
import type { ErrorValue } from './error-value.ts'

/** One worker, whatever its platform: a place to post to, and word of its death. */
export interface WorkerHost {
  readonly endpoint: Endpoint
  /** What the worker must hold for life, so that its death is seen. */
  readonly lock: string | undefined
  /** Called once the worker has answered: from here on its death is noticed whatever its cause. */
  watch(): void
  /** Called when a message of the worker cannot be read. */
  onUnread(listener: () => void): void
  /** The first sign of death, told once. */
  onDeath(listener: (error: ErrorValue) => void): void
  /** Ends it whatever it does; resolves when it is gone. */
  terminate(): Promise<void>
  /** While held, it keeps the process alive. */
  hold(): void
  letGo(): void
  /** Bytes in use, its buffers included; undefined where the platform does not tell. */
  memory(): Promise<number | undefined>
}
