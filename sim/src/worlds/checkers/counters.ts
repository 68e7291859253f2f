import { isTerminal, states, type Counters } from '@millrace/core'
import type { NewChecker } from './checker.ts'

const every = 16

/** The counters of a queue equal a recount. */
export const counters: NewChecker = (sight) => {
  let frames = 0

  function recount(): void {
    const found = new Map<string, Record<string, number>>()
    for (const job of sight.jobs.values()) {
      const counts = found.get(job.queue) ?? {}
      counts[job.state] = (counts[job.state] ?? 0) + 1
      if (!isTerminal(job.state)) counts.bytes = (counts.bytes ?? 0) + job.bytes
      found.set(job.queue, counts)
    }
    for (const [queue, counts] of found) {
      const kept = sight.rows.counters(queue)
      for (const what of [...states, 'bytes'] as (keyof Counters)[])
        if (kept[what] !== (counts[what] ?? 0))
          sight.violated(`queue ${queue} counts ${kept[what]} ${what}, there are ${counts[what] ?? 0}`)
    }
  }

  return {
    changed: () => {
      if (++frames % every === 0) recount()
    },
    ended: recount,
  }
}
