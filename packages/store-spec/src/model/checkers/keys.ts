import { holdsKeySlot, type Job } from '@millrace/core'
import { configOf, describeJob, type Checker, type Observation } from '../observation.ts'

/** No key runs more jobs than it may; with one slot, its jobs start in the order in which they came. */
export const keys: () => Checker = () => (seen) => overfull(seen) ?? overtaken(seen)

function overfull(seen: Observation): string | undefined {
  const slots = new Map<string, number>()
  const keyOf = (job: Job): string => JSON.stringify([job.queue, job.extras.key])
  for (const job of seen.before.all())
    if (holdsKeySlot(job)) slots.set(keyOf(job), (slots.get(keyOf(job)) ?? 0) + 1)
  for (const { before, after } of seen.moves) {
    const gave = before !== undefined && holdsKeySlot(before)
    const took = after !== undefined && holdsKeySlot(after)
    if (gave === took) continue
    const key = keyOf((after ?? before)!)
    const held = (slots.get(key) ?? 0) + (took ? 1 : -1)
    slots.set(key, held)
    const limit = configOf(seen.after, (after ?? before)!.queue)?.keyConcurrency ?? Infinity
    if (took && held > limit) return `${describeJob(after)} took slot ${held} of ${limit} of key ${key}`
  }
  return undefined
}

function overtaken(seen: Observation): string | undefined {
  if (seen.name !== 'claim') return undefined
  for (const job of seen.reply?.jobs ?? []) {
    if (job.attempt !== 1 || !isPlain(job) || configOf(seen.before, job.queue)?.keyConcurrency !== 1) continue
    const first = seen.after.all().find((other) => isRival(other, job))
    if (first !== undefined) return `${describeJob(job)} started before ${describeJob(first)} of the same key`
  }
  return undefined
}

/** Nothing but its key holds it back. */
function isPlain({ generation, runAt, createdAt, extras }: Job): boolean {
  return (
    extras.key !== undefined &&
    generation === 0 &&
    runAt === createdAt &&
    extras.parents === undefined &&
    extras.unique === undefined
  )
}

/** It came before, and still waits for its first start. */
function isRival(other: Job, job: Job): boolean {
  const waits = other.state === 'blocked' || other.state === 'enqueued'
  const sameKey = other.queue === job.queue && other.extras.key === job.extras.key
  const mayStart = (other.extras.deadline ?? Infinity) > job.since
  return sameKey && other.seq < job.seq && other.attempt === 0 && waits && isPlain(other) && mayStart
}
