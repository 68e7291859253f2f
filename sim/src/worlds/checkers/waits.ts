import type { Backoff, Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** A failed job waits as long as its policy says, or its handler; a snoozed one as long as it asked for. */
export const waits: NewChecker = (sight) => {
  /** In a row, under full jitter: chance hardly ever gives the whole time three times. */
  let wholeWaits = 0

  function judge({ before, after }: Change): void {
    if (before?.state !== 'processing' || after === undefined || after.state === 'processing') return
    const wish = sight.outside.wishes.get(`${before.id} ${before.epoch}`)
    const isCancelled = before.extras.cancel !== undefined
    if (after.crashes > before.crashes || isCancelled) {
      if (after.state === 'retrying') judgeWait(before, after, rangeOf(after, after.crashes, before))
    } else if (wish?.kind === 'nonRetryable' && after.failures > before.failures) {
      if (after.state !== 'dead') sight.violated(`job ${after.id} failed for good and is ${after.state}`)
    } else if (wish?.kind === 'snooze' && after.state !== 'enqueued') {
      if (after.state !== 'scheduled') sight.violated(`job ${after.id} snoozed and is ${after.state}`)
      judgeWait(before, after, [wish.ms, wish.ms])
    } else if (after.state === 'retrying') {
      const range = rangeOf(after, after.failures, before)
      judgeWait(before, after, wish?.kind === 'retryAfter' ? [wish.ms, wish.ms] : range)
      if (wish === undefined && after.retry.backoff.jitter === 'full') judgeJitter(after, range[1])
    }
  }

  function judgeWait(_before: Job, after: Job, [least, most]: readonly [number, number]): void {
    const wait = after.runAt - after.since
    if (wait < least || wait > most)
      sight.violated(`job ${after.id} waits ${wait} ms, its policy says ${least} to ${most}`)
  }

  function judgeJitter(job: Job, pure: number): void {
    wholeWaits = job.runAt - job.since === pure ? wholeWaits + 1 : 0
    if (wholeWaits === 3) sight.violated(`job ${job.id} is the third that waits its whole backoff`)
  }

  return { changed: (changes) => changes.forEach(judge) }
}

function rangeOf({ retry: { backoff } }: Job, nth: number, before: Job): readonly [number, number] {
  const pure = pureOf(backoff, nth)
  switch (backoff.jitter) {
    case 'none':
      return [pure, pure]
    case 'spread':
      return [pure, Math.min('maxMs' in backoff ? backoff.maxMs : Infinity, Math.round(pure * 1.25))]
    case 'full':
      return [0, pure]
    case 'equal':
      return [Math.floor(pure / 2), pure]
    case 'decorrelated': {
      const base = pureOf(backoff, 1)
      return [base, Math.max(base, 3 * (before.extras.delayMs ?? base))]
    }
  }
}

function pureOf(backoff: Backoff, nth: number): number {
  switch (backoff.kind) {
    case 'exponential':
      return Math.min(backoff.maxMs, backoff.baseMs * backoff.factor ** (nth - 1))
    case 'linear':
      return Math.min(backoff.maxMs, backoff.baseMs + backoff.stepMs * (nth - 1))
    case 'fixed':
      return backoff.delayMs
    case 'table':
      return backoff.delaysMs[Math.min(nth, backoff.delaysMs.length) - 1] ?? 0
  }
}
