import { expose } from 'comlink'
import { MillraceError } from '@millrace/core'
import type { Implementation } from './implementation.ts'
import { JobServer } from './job-server.ts'
import { isOurs, type ToWorker } from './protocol.ts'
import { workerPort } from './worker-port.ts'

/** Called once in a worker's script: `serveJobs([resize.implement(fn)])`. From then on its pool can call these jobs, and nothing else. */
export function serveJobs(implementations: readonly Implementation[]): void {
  const port = workerPort()
  if (port === undefined) throw new MillraceError('BAD_ARGUMENT', 'serveJobs is for the script of a worker')
  const byName = new Map(implementations.map((one) => [one.definition.name, one]))
  if (byName.size < implementations.length)
    throw new MillraceError('BAD_ARGUMENT', 'serveJobs was given two jobs of one name')
  const server = new JobServer(port, byName)
  port.addEventListener('message', (event) => {
    const { data } = event as MessageEvent
    if (isOurs(data)) server.hear(data as ToWorker)
  })
  port.addEventListener('messageerror', () => server.unread())
  // Comlink may call whatever it is shown: this is all it sees.
  expose({ greet: server.greet.bind(server), run: server.run.bind(server) }, port)
}
