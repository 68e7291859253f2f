import type { Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** Each attempt ends in one bucket; bounds of failures and crashes hold, and dead letters say why. */
export const attempts: NewChecker = (sight) => {
  function judge({ before, after }: Change): void {
    if (after === undefined) return
    const wrong =
      wrongBuckets(after) ?? wrongBounds(after) ?? wrongDeath(after) ?? (before && wrongStep(before, after))
    if (wrong !== undefined) sight.violated(`job ${after.id}, ${after.state}: ${wrong}`)
  }

  function wrongStep(before: Job, after: Job): string | undefined {
    if (after.generation !== before.generation)
      return after.attempt + after.failures + after.crashes > 0
        ? 'it was redriven with old counters'
        : undefined
    const isClaimed = after.state === 'processing' && before.state !== 'processing'
    if (after.attempt !== before.attempt + (isClaimed ? 1 : 0))
      return `attempt ${before.attempt} was followed by ${after.attempt}`
    const failed = after.failures + after.crashes - before.failures - before.crashes
    const isUndoing = after.extras.flow?.compensates !== undefined
    if (failed > 0 && !isUndoing && after.extras.errors?.at(-1)?.attempt !== after.attempt)
      return `attempt ${after.attempt} failed and left no error`
    return undefined
  }

  return { changed: (changes) => changes.forEach(judge) }
}

function wrongBuckets({ state, attempt, failures, crashes, snoozes, refunds }: Job): string | undefined {
  const open = attempt - failures - crashes - snoozes - refunds
  const isRight =
    state === 'processing' || state === 'completed'
      ? open === 1
      : state === 'cancelled'
        ? open === 0 || open === 1
        : open === 0
  return isRight
    ? undefined
    : `${attempt} attempts, ${failures} failures, ${crashes} crashes, ${snoozes} snoozes, ${refunds} refunds`
}

function wrongBounds({ state, failures, crashes, retry }: Job): string | undefined {
  if (failures > retry.maxFailures || crashes > retry.maxCrashes)
    return `${failures} failures, ${crashes} crashes`
  const goesOn = state === 'retrying' || state === 'enqueued' || state === 'scheduled'
  return goesOn && (failures === retry.maxFailures || crashes === retry.maxCrashes)
    ? `it goes on after ${failures} failures and ${crashes} crashes`
    : undefined
}

function wrongDeath({ state, failures, crashes, retry, extras }: Job): string | undefined {
  if (state !== 'dead') return undefined
  const { reason } = extras
  if (reason === 'exhausted')
    return failures === retry.maxFailures ? undefined : `exhausted after ${failures} failures`
  if (reason === 'poison') return crashes === retry.maxCrashes ? undefined : `poison after ${crashes} crashes`
  return otherDeaths.has(reason ?? '') ? undefined : `dead of ${reason}`
}

const otherDeaths: ReadonlySet<string> = new Set([
  'nonRetryable',
  'invalidPayload',
  'dependencyFailed',
  'compensationFailed',
])
