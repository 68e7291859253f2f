import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError, type Moment, type Reply, type Request } from '@millrace/core'
import { fileStore } from './file-store.ts'
import type { GuestCommand } from './guest-command.ts'
import { NodeDirectory } from './node-directory.ts'
import { askOwner, ownersSocket, tellOwner } from './owner-line.ts'
import { prepareDirectory } from './prepare-directory.ts'

/** A store that is looked into and steered, while its own process works or while nobody does. */
export interface Visit {
  /** Runs one of core's commands that look or steer. */
  run<N extends GuestCommand>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>>
  close(): Promise<void>
}

/**
 * Visits a store that exists: through the process that owns it, if one does, else by owning it until `close`.
 *
 * Rejects with STORE_UNUSABLE when there is no store, and as `fileStore` does.
 */
export async function visitStore(directory: string): Promise<Visit> {
  if (!existsSync(join(directory, 'STORE')))
    throw new MillraceError(
      'STORE_UNUSABLE',
      `there is no store in ${directory}: pass the directory that fileStore was given`,
    )
  const path = prepareDirectory(directory, true)
  const socket = ownersSocket(new NodeDirectory(path))
  const owner = socket === undefined ? undefined : await tellOwner(path, socket, { ask: 'alive' })
  if (socket === undefined || owner === undefined) return fileStore({ directory, unsafeNetworkFs: true })
  return { run: (name, request, at) => ask(path, socket, { name, request, at }), close: async () => {} }
}

async function ask<N extends GuestCommand>(
  path: string,
  socket: string,
  command: { readonly name: N; readonly request: Request<N>; readonly at: Moment },
): Promise<Reply<N>> {
  const reply = await askOwner(path, socket, { ask: 'run', ...command })
  if (reply !== undefined) return reply as Reply<N>
  throw new MillraceError('STORE_OWNED', `the process that owns ${path} does not answer; try again`, {
    outcome: 'no',
  })
}
