import { isTerminal, type Job } from '@millrace/core'
import type { Order } from '../catalogue.ts'
import type { NewChecker } from './checker.ts'

/** Nothing acknowledged is lost, nothing refused is there, and everything ends (after Jepsen's total queue). */
export const promises: NewChecker = (sight) => {
  function ended(): void {
    const orders = new Set<number>()
    for (const job of sight.jobs.values()) {
      orders.add(orderOf(job)!)
      if (!isTerminal(job.state))
        sight.violated(`job ${job.id} has not ended: it is ${job.state} ${job.extras.reason ?? ''}`)
    }
    for (const { n, answer, id, outcome, idempotencyKey } of sight.outside.asked.values()) {
      if (answer === 'accepted' && !sight.jobs.has(id!))
        sight.violated(`lost: order ${n} was acknowledged (${outcome}) as job ${id}`)
      if (answer === 'accepted' && idempotencyKey !== undefined && orderOf(sight.jobs.get(id!)) !== n)
        sight.violated(`order ${n} was taken for another one of the same idempotency key`)
      if (answer === 'refused' && orders.has(n))
        sight.violated(`unexpected: order ${n} was refused and is there`)
      if (answer === 'unknown')
        sight.mark(
          orders.has(n)
            ? 'an answer got lost and the job was there'
            : 'an answer got lost and the job was not',
        )
    }
  }
  return { ended }
}

function orderOf(job: Job | undefined): number | undefined {
  return job && (JSON.parse(job.payload as string) as Order).n
}
