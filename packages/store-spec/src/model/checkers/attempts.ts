import type { Job } from '@millrace/core'
import { describeJob, type Checker } from '../observation.ts'

/** Every attempt ends in exactly one bucket, and no bucket overflows. */
export const attempts: () => Checker = () => (seen) => {
  for (const { before, after } of seen.moves) {
    if (after === undefined) continue
    const { attempt, failures, crashes, snoozes, refunds, retry, state } = after
    const open = attempt - failures - crashes - snoozes - refunds
    if (open !== openAttempts(before, after))
      return `${describeJob(after)} has ${open} attempts in no bucket: ${JSON.stringify({ failures, crashes, snoozes, refunds })}`
    const exhausted = failures >= retry.maxFailures || crashes >= retry.maxCrashes
    if (state === 'retrying' && exhausted)
      return `${describeJob(after)} is tried again after ${failures} failures and ${crashes} crashes`
    if (failures > retry.maxFailures || crashes > retry.maxCrashes)
      return `${describeJob(after)} failed ${failures} times and crashed ${crashes} times`
  }
  return undefined
}

/** One while it runs, and one for good if it ended by success or by a cancellation while it ran. */
function openAttempts(before: Job | undefined, after: Job): number {
  if (after.state === 'processing' || after.state === 'completed') return 1
  if (after.state !== 'cancelled' || before === undefined) return 0
  if (before.state === 'processing') return 1
  const { attempt, failures, crashes, snoozes, refunds } = before
  return before.state === 'cancelled' ? attempt - failures - crashes - snoozes - refunds : 0
}
