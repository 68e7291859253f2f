/** `millrace/pool`: handlers in Web Workers and worker_threads. */
import { serveJobs as serve } from '@millrace/pool'
import { remoteImplementation, type Implementation } from '@millrace/runtime'

export {
  transfer,
  workerPool,
  WorkerPool,
  type Outcome,
  type PlatformWorker,
  type PoolOptions,
  type PoolState,
  type RunOptions,
} from '@millrace/pool'

/** Called once in a worker's script: `serveJobs([resize.implement(fn)])`. From then on its pool can run these jobs, and nothing else. */
export function serveJobs(implementations: readonly Implementation[]): void {
  serve(implementations.map(remoteImplementation))
}
