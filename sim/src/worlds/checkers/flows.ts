import { isTerminal, type Job } from '@millrace/core'
import type { Change, NewChecker } from './checker.ts'

/** A child starts after its parents and never hangs; a saga is undone step by step, the latest first. */
export const flows: NewChecker = (sight) => {
  function judge({ before, after }: Change): void {
    if (after === undefined) return
    if (after.state === 'blocked' && after.extras.reason === 'dependency') judgeBlocked(after)
    const isFirstClaim = after.state === 'processing' && after.attempt === 1 && before?.attempt === 0
    if (isFirstClaim && after.generation === 0) judgeStart(after)
    if (before === undefined && after.extras.flow?.compensates !== undefined) judgeUndoing(after)
    if (after.extras.reason === 'dependencyFailed') sight.mark('a child died with its parent')
  }

  function judgeBlocked(job: Job): void {
    const parents = (job.extras.parents ?? []).map(({ id }) => sight.jobs.get(id))
    if (parents.every((parent) => parent !== undefined && isTerminal(parent.state)))
      sight.violated(`job ${job.id} waits for parents that have ended`)
  }

  function judgeStart(job: Job): void {
    for (const { id, onFailure } of job.extras.parents ?? []) {
      const parent = sight.jobs.get(id)
      if (parent === undefined || parent.generation > 0) continue
      const isFine = parent.state === 'completed' || (onFailure === 'continue' && isTerminal(parent.state))
      if (!isFine) sight.violated(`job ${job.id} started and its parent ${id} is ${parent.state}`)
    }
  }

  function judgeUndoing(undoing: Job): void {
    sight.mark('a compensation ran')
    const flow = [...sight.jobs.values()].filter((job) => job.extras.flow?.id === undoing.extras.flow!.id)
    const undoings = flow.filter((job) => job.extras.flow!.compensates !== undefined && job !== undoing)
    for (const job of undoings)
      if (job.id !== undoing.id && job.state !== 'completed')
        sight.violated(`${undoing.id} was begun and ${job.id} is ${job.state}`)
    const undone = new Set(undoings.map((job) => job.extras.flow!.compensates))
    const left = flow.filter(
      ({ attempt, extras }) =>
        attempt > 0 && extras.flow!.compensate !== undefined && !undone.has(extras.flow!.step),
    )
    const latest = left.sort(latestFirst)[0]
    if (latest !== undefined && latest.extras.flow!.step !== undoing.extras.flow!.compensates)
      sight.violated(`${undoing.id} was begun before ${latest.id}, which came later, was undone`)
  }

  function ended(): void {
    const all = [...sight.jobs.values()]
    for (const id of new Set(all.flatMap(({ extras }) => extras.flow?.id ?? []))) {
      const flow = all.filter((job) => job.extras.flow?.id === id)
      const steps = flow.filter((job) => job.extras.flow!.compensates === undefined)
      const undoings = flow.filter((job) => job.extras.flow!.compensates !== undefined)
      const isRedriven = flow.some(({ generation }) => generation > 0)
      if (isRedriven || undoings.some(({ state }) => state !== 'completed')) continue
      if (!steps.some(({ state }) => state !== 'completed')) continue
      const owed = steps.filter(({ attempt, extras }) => attempt > 0 && extras.flow!.compensate !== undefined)
      if (owed.length > undoings.length && owed.length > 0)
        sight.violated(`saga ${id} has ${owed.length} steps to undo and undid ${undoings.length}`)
    }
  }

  return { changed: (changes) => changes.forEach(judge), ended }
}

function latestFirst(a: Job, b: Job): number {
  const uncertain = Number(b.state !== 'completed') - Number(a.state !== 'completed')
  return uncertain || b.since - a.since || b.seq - a.seq
}
