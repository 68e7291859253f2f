import { isTerminal, type Job } from '@millrace/core'
import { describeJob, type Checker } from '../observation.ts'

/** A saga undoes only after all of its steps stand still, one at a time, each step once, and never a step that did not start. */
export const undoing: () => Checker = () => (seen) => {
  const rows = seen.after
  for (const { before, after } of seen.moves) {
    const undoes = after?.extras.flow?.compensates
    if (before !== undefined || after === undefined || undoes === undefined) continue
    const jobs = rows.flow(after.extras.flow!.id)
    const steps = jobs.filter((job) => job.extras.flow?.compensates === undefined)
    const step = steps.find((job) => job.extras.flow?.step === undoes)
    if (step === undefined || step.attempt === 0)
      return `${describeJob(after)} undoes a step that never started`
    const running = steps.find((job) => !isTerminal(job.state))
    if (running !== undefined) return `${describeJob(after)} undoes while ${describeJob(running)} goes on`
    const others = jobs.filter((job) => isUndoing(job) && job.id !== after.id)
    const again = others.find((job) => job.extras.flow?.compensates === undoes)
    if (again !== undefined) return `${describeJob(after)} undoes what ${describeJob(again)} did`
    const open = others.find((job) => job.state !== 'completed')
    if (open !== undefined) return `${describeJob(after)} undoes before ${describeJob(open)} has`
  }
  return undefined
}

function isUndoing(job: Job): boolean {
  return job.extras.flow?.compensates !== undefined
}
