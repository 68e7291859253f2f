import { isTerminal, type Job } from '@millrace/core'
import type { Command } from './command.ts'
import { queueNames } from './plans.ts'
import { describeJob } from './observation.ts'
import type { World } from './world.ts'

/** Rounds without an end after which something is going in circles. */
const mostRounds = 1_000

/**
 * Ends all that is unfinished, as one good worker would: faults have stopped, so every job must come to its end,
 * every flow be decided, and every saga be completed or undone.
 */
export async function settleDown(world: World, run: (command: Command) => Promise<void>): Promise<void> {
  for (const queue of queueNames) await run({ name: 'pause', request: { queue, paused: false } })
  // A schedule that nobody fires would be what is due next for ever.
  for (const { id } of world.reference.schedules()) await run({ name: 'dropSchedule', request: { id } })
  for (let round = 0; unfinished(world).length > 0; round++) {
    if (round > mostRounds) throw new Error(`no end after ${round} rounds: ${list(unfinished(world))}`)
    const gone = unfinished(world).flatMap(({ owner }) => (owner === '' ? [] : [owner]))
    await run({ name: 'reap', request: { limit: 1_000, gone: [...new Set(gone)] } })
    const queues = queueNames.map((queue) => ({ queue, weight: 1, credit: 0 }))
    await run({ name: 'claim', request: { owner: 'last', leaseMs: 1_000, limit: 100, queues } })
    const claimed = unfinished(world).filter(({ owner }) => owner === 'last')
    const settlements = claimed.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' }) as const)
    if (settlements.length > 0) await run({ name: 'settle', request: { settlements } })
    else await waitForNext(world, run)
  }
}

/** Nothing can be done now, so a time must come at which something can. */
async function waitForNext(world: World, run: (command: Command) => Promise<void>): Promise<void> {
  if (unfinished(world).length === 0) return
  if (world.passToNext()) return
  // Only the rate of a queue is in the way: its bucket fills with time.
  world.pass(1_000)
  const limited = queueNames.some((queue) => world.reference.queue(queue)?.config.rate !== undefined)
  if (!limited) throw new Error(`nothing moves any more: ${list(unfinished(world))}`)
  await run({ name: 'prune', request: { limit: 1 } })
}

function unfinished(world: World): readonly Job[] {
  return world.reference.all().filter((job) => !isTerminal(job.state))
}

function list(jobs: readonly Job[]): string {
  return jobs.map((job) => `${describeJob(job)} ${job.extras.reason ?? ''}`).join(', ')
}
