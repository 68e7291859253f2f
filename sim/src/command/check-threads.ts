import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SeedReport } from '../worlds/check.ts'

export interface SeedsAsked {
  readonly seeds: readonly number[]
  readonly steps: number
  /** Without the second run. */
  readonly isOnce: boolean
}

// Small enough that all threads end together, large enough to keep them busy.
const batch = 8

/** Checks seeds side by side; `onReport` may say that enough was seen. */
export async function checkSeeds(
  { seeds, steps, isOnce }: SeedsAsked,
  onReport: (report: SeedReport) => boolean,
): Promise<void> {
  const waiting = [...seeds]
  const threads = Math.min(availableParallelism(), Math.ceil(seeds.length / batch))
  let isEnough = false
  const workOff = async (): Promise<void> => {
    const thread = new Worker(new URL('./check-thread.ts', import.meta.url))
    try {
      while (waiting.length > 0 && !isEnough)
        await checkBatch(thread, { seeds: waiting.splice(0, batch), steps, isOnce }, (report) => {
          isEnough = onReport(report) || isEnough
        })
    } finally {
      await thread.terminate()
    }
  }
  await Promise.all(Array.from({ length: threads }, workOff))
}

function checkBatch(
  thread: Worker,
  asked: SeedsAsked,
  onReport: (report: SeedReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = asked.seeds.length
    const hear = (report: SeedReport): void => {
      onReport(report)
      if (--left > 0) return
      thread.off('message', hear).off('error', reject)
      resolve()
    }
    thread.on('message', hear).on('error', reject)
    thread.postMessage(asked)
  })
}
