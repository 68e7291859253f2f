import type { Extras, Millis } from './job.ts'
import type { RetryPolicy } from './retry.ts'

/** What an enqueue asks for; validated at the runtime's door, trusted here. */
export interface NewJob {
  readonly id: string
  readonly queue: string
  readonly name: string
  readonly version: number
  readonly payload: string
  readonly bytes: number
  readonly priority: number
  /** 0 means now. */
  readonly runAt: Millis
  readonly retry: RetryPolicy
  readonly timeoutMs: Millis
  readonly extras: Extras
}
