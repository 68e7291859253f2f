import { legalMoves } from '@millrace/core'
import { describeJob, type Checker } from '../observation.ts'

/** A job moves only along the table of legal moves, one by one, and what changes with a state changes with it. */
export const legality: () => Checker = () => (seen) => {
  for (const { before, after } of seen.moves) {
    const from = before?.state ?? 'new'
    const to = after?.state ?? 'gone'
    if (!(legalMoves[from] as readonly string[]).includes(to))
      return `job ${(after ?? before)!.id} moved from ${from} to ${to}`
    if (after === undefined) continue
    if (
      (after.state === 'processing') !== (after.owner !== '') ||
      (after.owner !== '') !== after.leaseUntil > 0
    )
      return `${describeJob(after)} has the owner "${after.owner}" and a lease until ${after.leaseUntil}`
    if (![after.rank, after.runAt, after.since, after.leaseUntil, after.bytes].every(Number.isFinite))
      return `${describeJob(after)} has a number that is none: ${JSON.stringify(after)}`
  }
  return undefined
}
