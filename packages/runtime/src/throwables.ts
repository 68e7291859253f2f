import { parseDuration, type Duration } from './duration.ts'

/*
 * What a handler throws to say more than "failed". Told apart by name and content, not by instanceof:
 * they may come from another thread, or from a second copy of this package.
 */

/** Thrown by a handler: this attempt failed; try again after the delay, whatever the backoff says. */
export class RetryAfter extends Error {
  override readonly name = 'RetryAfter'
  readonly retryAfterMs: number

  constructor(delay: Duration, message = 'asked to be retried', options?: ErrorOptions) {
    super(message, options)
    this.retryAfterMs = parseDuration(delay, 'the delay of RetryAfter')
  }
}

/** Thrown by a handler: no attempt can help; into the dead letters. */
export class NonRetryable extends Error {
  override readonly name = 'NonRetryable'
}

/** Thrown by a handler: not now, and no failure; again after the delay. */
export class Snooze extends Error {
  override readonly name = 'Snooze'
  readonly delayMs: number

  constructor(delay: Duration, message = 'snoozed', options?: ErrorOptions) {
    super(message, options)
    this.delayMs = parseDuration(delay, 'the delay of Snooze')
  }
}
