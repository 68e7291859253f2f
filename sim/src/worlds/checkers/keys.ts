import { isTerminal, type Job } from '@millrace/core'
import { keyWeights } from '../catalogue.ts'
import type { Change, NewChecker } from './checker.ts'

const queue = 'fair'
/** Starts of each that show that two keys really shared. */
const enough = 4

/** Two keys of a fair queue, and how often each started since both have had work without a break. */
interface Pair {
  readonly keys: readonly [string, string]
  readonly starts: [number, number]
}

/** Keys that both have work share the queue by their weights, to a job of each (Goyal, Vin and Cheng, SIGCOMM 1996). */
export const keys: NewChecker = (sight) => {
  const names = Object.keys(keyWeights)
  const pairs = names.flatMap((a, index) =>
    names.slice(index + 1).map((b): Pair => ({ keys: [a, b], starts: [0, 0] })),
  )

  /** By key: jobs that ended before they started. They had paid for their turns. */
  const untaken = new Map<string, number>()

  function changed(changes: readonly Change[]): void {
    const own = changes.filter(({ before, after }) => (after ?? before)?.queue === queue)
    if (own.length === 0) return
    const moved = new Set(own.map(({ after }) => after?.id))
    const busy = new Set<string>()
    for (const job of sight.jobs.values())
      if (job.queue === queue && isFresh(job) && !moved.has(job.id)) busy.add(keyOf(job))
    for (const { after } of own)
      if (after?.attempt === 0 && isTerminal(after.state))
        untaken.set(keyOf(after), (untaken.get(keyOf(after)) ?? 0) + 1)
    for (const pair of pairs) judge(pair, own, busy)
  }

  function judge({ keys: both, starts }: Pair, own: readonly Change[], busy: ReadonlySet<string>): void {
    if (!both.every((key) => busy.has(key))) {
      starts.fill(0)
      return
    }
    for (const { before, after } of own)
      if (isStart(after) && before?.state !== 'processing') {
        const index = both.indexOf(keyOf(after!))
        if (index >= 0) starts[index]!++
      }
    if (Math.min(...starts) >= enough) sight.mark('keys shared a queue')
    const [a, b] = both.map((key, index) => starts[index]! / keyWeights[key]!) as [number, number]
    const most = both.reduce((sum, key) => sum + (1 + (untaken.get(key) ?? 0)) / keyWeights[key]!, 0)
    if (Math.abs(a - b) > most + 1e-9)
      sight.violated(`keys ${both.join(' and ')} had work all the time and started ${starts.join(' and ')}`)
  }

  return { changed }
}

/** Waits in the line and was never started: retries have paid for their turn before. */
function isFresh(job: Job | undefined): boolean {
  return job?.state === 'enqueued' && job.attempt === 0
}

function isStart(job: Job | undefined): boolean {
  return job?.state === 'processing' && job.attempt === 1
}

function keyOf(job: Job): string {
  return job.extras.key ?? ''
}
