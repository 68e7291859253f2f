import type { ClaimReply, Request } from '@millrace/core'
import { queuesOf, weights } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

const sumOfAll = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
/** Starts that show that queues really took turns. */
const enough = 12

/** A worker's claims one after the other, in all of which the same queues had work. */
interface Spell {
  readonly busy: readonly string[]
  readonly starts: Map<string, number>
  credits: readonly number[]
}

/** A worker shares its attention among the queues that have work by their weights. */
export const turns: NewChecker = (sight) => {
  /** By job and epoch: the queues that had work all through the change that started it; undefined where that is not sure. */
  const busyAt = new Map<string, readonly string[] | undefined>()
  const spells = new Map<string, Spell>()

  function changed(changes: readonly Change[]): void {
    const started = changes.filter(
      ({ before, after }) => after?.state === 'processing' && after.epoch !== before?.epoch,
    )
    if (started.length === 0) return
    const busy = busyThrough(changes)
    for (const { after } of started) busyAt.set(`${after!.id} ${after!.epoch}`, busy)
  }

  function busyThrough(changes: readonly Change[]): readonly string[] | undefined {
    const moved = new Set(changes.map(({ before, after }) => (after ?? before)!.id))
    const unsure = new Set<string>()
    for (const { before, after } of changes)
      if (before?.state !== 'processing' || after?.state === 'enqueued') unsure.add((after ?? before)!.queue)
    const busy = new Set<string>()
    for (const { id, queue, state } of sight.jobs.values())
      if (state === 'enqueued') (isOpen(queue) && !moved.has(id) ? busy : unsure).add(queue)
    return [...unsure].every((queue) => busy.has(queue)) ? [...busy].sort() : undefined
  }

  /** Nothing but the worker's choice keeps its jobs from being started. */
  function isOpen(queue: string): boolean {
    const { concurrency } = queuesOf('reject')[queue] ?? {}
    return concurrency === undefined && sight.rows.queue(queue)?.paused === false
  }

  function answered(name: string, request: Request<'claim'>, { jobs, credits }: ClaimReply): void {
    if (name !== 'claim') return
    const { owner } = request
    const [busy, ...others] = jobs.map(({ id, epoch }) => busyAt.get(`${id} ${epoch}`))
    if (busy === undefined || others.some((other) => String(other) !== String(busy))) {
      spells.delete(owner)
      return
    }
    const before = spells.get(owner)
    // Credits that are not those of the last answer: it got lost, and the worker goes on from an older one.
    const goesOn =
      String(before?.busy) === String(busy) &&
      request.queues.every(({ credit }, index) => credit === before!.credits[index])
    const spell: Spell = goesOn ? before! : { busy, starts: new Map(), credits }
    spell.credits = credits
    for (const { queue } of jobs) spell.starts.set(queue, (spell.starts.get(queue) ?? 0) + 1)
    spells.set(owner, spell)
    judge(owner, spell)
  }

  function judge(owner: string, { busy, starts }: Spell): void {
    const sum = busy.reduce((total, queue) => total + weights[queue]!, 0)
    const all = [...starts.values()].reduce((total, count) => total + count, 0)
    if (busy.length > 1 && all >= enough) sight.mark('queues took turns')
    // It may begin and end with at most one turn of all queues owed, to it or by it.
    const most = (2 * sumOfAll) / sum
    for (const queue of busy) {
      const count = starts.get(queue) ?? 0
      if (Math.abs(count - (all * weights[queue]!) / sum) > most)
        sight.violated(
          `worker ${owner} started ${count} of ${all} jobs from ${queue}; ${busy.join(', ')} had work`,
        )
    }
  }

  return { changed, answered }
}
