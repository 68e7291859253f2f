import type { Receipt } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

/** The result of a job is the one of its newest attempt. */
export const results: NewChecker = (sight) => {
  function judge({ before, after }: Change): void {
    if (after?.state !== 'completed' || before?.state === 'completed') return
    const { token } = JSON.parse((after.extras.result ?? '{}') as string) as Receipt
    if (token !== after.epoch)
      sight.violated(`job ${after.id} completed at epoch ${after.epoch} with the result of epoch ${token}`)
    const run = sight.outside.runs.find(({ id, epoch }) => id === after.id && epoch === token)
    if (run === undefined) sight.violated(`job ${after.id} completed and nobody ran it`)
  }
  return { changed: (changes) => changes.forEach(judge) }
}
