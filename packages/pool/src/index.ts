/** Pools: handlers run in Web Workers and worker_threads, and every call settles. */
export type { Call, CallListener } from './call.ts'
export type { Duration } from './duration.ts'
export { errorOf, type ErrorValue } from './error-value.ts'
export type { Implementation, Remote } from './implementation.ts'
export type { NodeWorker } from './node-host.ts'
export { type Outcome, type Refused } from './outcome.ts'
export type { PlatformWorker } from './platform-worker.ts'
export type { PoolOptions } from './pool-options.ts'
export type { Served } from './protocol.ts'
export { serveJobs } from './serve-jobs.ts'
export { transfer } from './transfer.ts'
export type { WebWorker } from './web-host.ts'
export {
  workerPool,
  WorkerPool,
  type PoolState,
  type PoolUser,
  type Runnable,
  type RunOptions,
} from './worker-pool.ts'
