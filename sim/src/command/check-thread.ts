import { parentPort } from 'node:worker_threads'
import { checkSeed } from '../worlds/check.ts'
import type { SeedsAsked } from './check-threads.ts'

parentPort!.on('message', ({ seeds, steps, isOnce }: SeedsAsked) => {
  void (async () => {
    for (const seed of seeds) parentPort!.postMessage(await checkSeed(seed, steps, isOnce))
  })()
})
