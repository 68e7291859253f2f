import { nodeHost, type NodeWorker } from './node-host.ts'
import { webHost, type WebWorker } from './web-host.ts'
import type { WorkerHost } from './worker-host.ts'

/** A worker as its platform makes it: a Web Worker, or one of `node:worker_threads`. */
export type PlatformWorker = WebWorker | NodeWorker

export function hostOf(worker: PlatformWorker): WorkerHost {
  return 'addEventListener' in worker ? webHost(worker) : nodeHost(worker)
}
