import type { Checker } from '../observation.ts'

/** Saturation follows the fill with hysteresis: above the high mark it is told, at or below the low one it is taken back. */
export const saturation: () => Checker = () => (seen) => {
  for (const name of seen.after.queueNames()) {
    const queue = seen.after.queue(name)
    if (queue === undefined || (queue.config.maxJobs === Infinity && queue.config.maxBytes === Infinity))
      continue
    const { scheduled, blocked, enqueued, processing, retrying, bytes } = seen.after.counters(name)
    const jobs = scheduled + blocked + enqueued + processing + retrying
    const fill = Math.max(jobs / queue.config.maxJobs, bytes / queue.config.maxBytes)
    const { high, low } = queue.config.watermarks ?? { high: 0.9, low: 0.7 }
    if (!queue.saturated && fill >= high) return `queue ${name} is not saturated at a fill of ${fill}`
    if (queue.saturated && fill <= low) return `queue ${name} is saturated at a fill of ${fill}`
  }
  return undefined
}
