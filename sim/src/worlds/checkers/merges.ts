import {
  isTerminal,
  type Body,
  type CommandName,
  type EnqueueReply,
  type Job,
  type NewJob,
  type Request,
} from '@millrace/core'
import type { Order } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

/** One job at a time holds a unique key, and the last trigger is never lost. */
export const merges: NewChecker = (sight) => {
  /** By key: the newest trigger that was not merely told of the one before. */
  const newest = new Map<string, number>()

  /** Triggers that are, or were, on a job or latched to one. */
  const seen = new Set<number>()

  function judge({ before, after }: Change): void {
    if (after !== undefined) seen.add(orderOf(after.payload))
    if (after?.extras.latch !== undefined) seen.add(orderOf(after.extras.latch.payload))
    const key = after?.extras.unique?.key
    if (after === undefined || key === undefined) return
    const { latch } = after.extras
    if (latch !== undefined && latch !== before?.extras.latch && !isTerminal(after.state)) {
      sight.mark('a trigger was latched')
      newest.set(key, orderOf(latch.payload))
    }
    if (before === undefined || before.payload !== after.payload) {
      if (before !== undefined) sight.mark('a job was merged')
      newest.set(key, orderOf(after.payload))
    }
    const holders = [...sight.jobs.values()].filter(
      (job) => job.extras.unique?.key === key && !isTerminal(job.state),
    )
    if (holders.length > 1)
      sight.violated(`jobs ${holders.map(({ id }) => id).join(' and ')} hold the unique key ${key}`)
  }

  function ended(): void {
    const done = new Set([...sight.jobs.values()].map((job) => orderOf(job.payload)))
    for (const [key, n] of newest)
      if (!done.has(n)) sight.violated(`trigger ${n}, the last one for ${key}, became no job`)
    const byKey = new Map<string, Job>()
    for (const job of sight.jobs.values()) {
      const key = job.extras.idempotency?.key
      if (key === undefined) continue
      if (byKey.has(key)) sight.violated(`jobs ${byKey.get(key)!.id} and ${job.id} have one idempotency key`)
      byKey.set(key, job)
    }
  }

  function answered(name: CommandName, request: Request<'enqueue'>, reply: EnqueueReply): void {
    if (name !== 'enqueue') return
    for (const [index, { outcome }] of reply.results.entries()) {
      const { payload, extras } = request.jobs[index]!
      const n = orderOf(payload)
      // Of several in one command the last one has the job.
      const isLast = !request.jobs
        .slice(index + 1)
        .some((job) => job.extras.unique?.key === extras.unique?.key)
      if (outcome === 'debounced') judgeDebounce(request.jobs[index]!)
      const isTaken = outcome === 'latched' || outcome === 'replaced' || outcome === 'debounced'
      if (isTaken && isLast && !seen.has(n)) sight.violated(`trigger ${n} was ${outcome}, and no job has it`)
    }
  }

  /** However often it is triggered, it waits no longer than the longest wait of its newest trigger. */
  function judgeDebounce({ payload, extras }: NewJob): void {
    const job = [...sight.jobs.values()].find((one) => orderOf(one.payload) === orderOf(payload))
    if (job === undefined || job.attempt > 0) return
    const longest = job.createdAt + (extras.unique?.maxWaitMs ?? Infinity)
    if (job.runAt === longest) sight.mark('a trigger could be put off no longer')
    if (job.runAt > longest)
      sight.violated(`job ${job.id} is put off to ${job.runAt - longest} ms after its longest wait`)
  }

  return { changed: (changes) => changes.forEach(judge), answered, ended }
}

function orderOf(payload: Body): number {
  return (JSON.parse(payload as string) as Order).n
}
