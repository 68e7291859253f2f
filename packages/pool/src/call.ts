import type { Millis } from '@millrace/core'
import { errorValue, type ErrorValue } from './error-value.ts'
import { failed, poolError, type Outcome } from './outcome.ts'
import { transferablesOf } from './transfer.ts'

/** What a running handler says to, and asks of, whoever called it. */
export interface CallListener {
  /** The handler is called now; what came before was waiting. */
  begun?(): void
  tell?(word: unknown): void
  ask?(request: unknown): Promise<unknown>
}

const mostMisses = 3

/** One call of a handler, from the caller's word to its outcome. It is settled exactly once. */
export class Call {
  readonly name: string
  readonly payload: unknown
  readonly isAttempt: boolean
  readonly timeoutMs: Millis
  /** Sent once, its payload is gone: it cannot be taken back. */
  readonly movesPayload: boolean
  /** Nothing else is to be in its worker's hand. */
  travelsAlone: boolean
  readonly listener: CallListener
  readonly outcome: Promise<Outcome>
  /** Its number in the line of the worker that has it. */
  id = 0
  /** How long it will take, as its worker's line counts on. */
  estimateMs: Millis = 0
  /** On the monotonic clock; 0 while it waits. */
  begunAt: Millis = 0
  waitingSince: Millis = 0
  settled = false
  /** Why it was asked to stop. */
  stop: ErrorValue | undefined
  /** Set by whoever holds it: the pool while it waits, a worker's slot later. */
  onStop: ((call: Call) => void) | undefined
  onSettled: (() => void) | undefined
  #misses = 0
  #resolve!: (outcome: Outcome) => void

  constructor(name: string, payload: unknown, isAttempt: boolean, timeoutMs: Millis, listener: CallListener) {
    this.name = name
    this.payload = payload
    this.isAttempt = isAttempt
    this.timeoutMs = timeoutMs
    this.movesPayload = transferablesOf(payload).length > 0
    this.travelsAlone = this.movesPayload
    this.listener = listener
    this.outcome = new Promise((resolve) => (this.#resolve = resolve))
  }

  settle(outcome: Outcome): void {
    if (this.settled) return
    this.settled = true
    this.onStop = undefined
    this.#resolve(outcome)
    this.onSettled?.()
  }

  /** The first reason counts. */
  abort(why: ErrorValue): void {
    if (this.settled || this.stop !== undefined) return
    this.stop = why
    this.onStop?.(this)
  }

  begin(now: Millis): void {
    if (this.begunAt !== 0) return
    this.begunAt = now
    this.listener.begun?.()
  }

  /** It is to wait again, unharmed. */
  unbegin(): void {
    this.begunAt = 0
  }

  /** A worker died that had nothing else to do first: it is not to go from one to the next for ever. */
  miss(error: ErrorValue): void {
    if (++this.#misses < mostMisses) return
    const what = `${mostMisses} workers died before they began ${this.name}: ${error.message}`
    this.settle(failed(poolError('WORKER_NOT_STARTED', what, error), false))
  }

  /** Ends a call that no handler has begun. */
  withdraw(): void {
    this.settle(failed(this.stop!, false))
  }

  timeOut(): void {
    this.abort(
      poolError('ATTEMPT_TIMEOUT', `${this.name} ran longer than ${this.timeoutMs} ms and was aborted`),
    )
  }
}

/** Aborts the call with the signal, for as long as it runs. */
export function follow(call: Call, signal: AbortSignal): void {
  const abort = (): void => call.abort(reasonOf(signal))
  if (signal.aborted) return abort()
  signal.addEventListener('abort', abort, { once: true })
  void call.outcome.then(() => signal.removeEventListener('abort', abort))
}

function reasonOf({ reason }: AbortSignal): ErrorValue {
  const cause = errorValue(reason)
  return { ...cause, code: cause.code ?? 'ABORTED' }
}
