import { isTerminal, type Job } from '@millrace/core'
import { describeJob, type Checker, type Observation } from '../observation.ts'

/** Every job that was accepted is there until it has ended and was told to be pruned; none appears from nowhere. */
export const conservation: () => Checker = () => (seen) => {
  const pruned = new Set(
    seen.events.flatMap((event) => (event.type === 'pruned' && 'job' in event ? [event.job.id] : [])),
  )
  for (const job of seen.before.all())
    if (seen.after.job(job.id) === undefined && !pruned.has(job.id))
      return `${describeJob(job)} is gone without a word`
  for (const { before, after } of seen.moves)
    if (before !== undefined && after === undefined && !isTerminal(before.state))
      return `${describeJob(before)} was removed before it ended`
  return unexpectedNewcomer(seen) ?? missingNewcomer(seen, pruned)
}

function unexpectedNewcomer(seen: Observation): string | undefined {
  const explained = new Set(promised(seen))
  for (const { before, after } of seen.moves)
    if (before === undefined && after !== undefined && !explained.has(after.id) && !isSuccessor(seen, after))
      return `${describeJob(after)} appeared from nowhere`
  return undefined
}

function missingNewcomer(seen: Observation, pruned: ReadonlySet<string>): string | undefined {
  for (const id of promised(seen))
    if (seen.after.job(id) === undefined && !pruned.has(id)) return `job ${id} was accepted and is not there`
  if (seen.name !== 'enqueue') return undefined
  for (const result of seen.reply?.results ?? []) {
    const known = seen.after.job(result.id) ?? latchedAs(seen, result.id)
    if (result.outcome !== 'refused' && known === undefined && !pruned.has(result.id))
      return `${result.outcome} ${result.id}, which is not there`
  }
  return undefined
}

/** Ids that the reply says were stored as new. */
function promised(seen: Observation): readonly string[] {
  if (seen.reply === undefined) return []
  if (seen.name === 'fire') return seen.reply.fired
  return seen.name === 'enqueue'
    ? seen.reply.results.filter(({ outcome }) => outcome === 'enqueued').map(({ id }) => id)
    : []
}

/** A latched trigger and the hook of a death come from a job that ends now, a compensation from a step of its flow. */
function isSuccessor(seen: Observation, job: Job): boolean {
  const { causationId, flow } = job.extras
  if (flow?.compensates !== undefined)
    return seen.after.job(causationId ?? '')?.extras.flow?.step === flow.compensates
  const origin = seen.moves.findLast(({ after }) => after?.id === causationId)?.after
  return origin?.extras.latch?.id === job.id || job.id === `${origin?.id}/dead/${origin?.generation}`
}

function latchedAs(seen: Observation, id: string): Job | undefined {
  return seen.after.all().find((job) => job.extras.latch?.id === id)
}
