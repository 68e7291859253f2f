import type { EnqueueReply, EnqueueRequest, Moment } from '@millrace/core'
import { Inbox } from './inbox.ts'
import { NodeDirectory } from './node-directory.ts'
import { askOwner, ownersSocket, tellOwner } from './owner-line.ts'
import { prepareDirectory } from './prepare-directory.ts'
import { openStoreHeader } from './store-header.ts'
import type { Submission } from './submission.ts'

/** `reply` is what the owner answered; without one the jobs lie in the inbox, and the next owner takes them in. */
export interface Submitted {
  readonly reply?: EnqueueReply
}

/**
 * Enqueues from a process that does not own the store: through the owner if it is there, else through the store's inbox.
 * The jobs are durable when this resolves. Rejects as an enqueue does; with `outcome: 'unknown'`, submit the same ids again.
 */
export async function submitJobs(directory: string, request: EnqueueRequest, at: Moment): Promise<Submitted> {
  const path = prepareDirectory(directory, true)
  const store = new NodeDirectory(path)
  openStoreHeader(store)
  const submission: Submission = { request, at }
  const socket = ownersSocket(store)
  const answer =
    socket === undefined ? undefined : await askOwner(path, socket, { ask: 'enqueue', ...submission })
  if (answer !== undefined) return { reply: answer as EnqueueReply }
  Inbox.in(path).leave(submission)
  // An owner that came just now has looked into the inbox before the jobs lay there: tell it to look again.
  const newcomer = ownersSocket(store)
  if (newcomer !== undefined) await tellOwner(path, newcomer, { ask: 'inbox' })
  return {}
}
