import { isTerminal, legalMoves, type Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** A job makes legal moves only, ends once, and never vanishes. */
export const moves: NewChecker = (sight) => {
  function judge({ before, after }: Change): void {
    if (after === undefined) return sight.violated(`job ${before!.id} vanished from ${before!.state}`)
    if (before === undefined) return
    if (after.generation > before.generation && sight.outside.redrives === 0)
      sight.violated(`job ${after.id} was redriven and nobody asked for it`)
    if (before.seq !== after.seq)
      sight.violated(`job ${after.id} changed its place in the order of acceptance`)
    if (before.state !== after.state && !isLegal(before, after))
      sight.violated(`job ${after.id} went from ${before.state} to ${after.state}`)
  }
  return { changed: (changes) => changes.forEach(judge) }
}

function isLegal(before: Job, after: Job): boolean {
  if (isTerminal(before.state)) return before.state === 'dead' && after.generation === before.generation + 1
  const next = legalMoves[before.state]
  // One command may make a job ready and give it out.
  return (
    next.includes(after.state) || (next.includes('enqueued') && legalMoves.enqueued.includes(after.state))
  )
}
