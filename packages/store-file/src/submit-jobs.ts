import { createConnection } from 'node:net'
import { MillraceError, type EnqueueReply, type EnqueueRequest, type Moment } from '@millrace/core'
import { numbersOf } from './file-names.ts'
import { failed } from './errors.ts'
import { Inbox } from './inbox.ts'
import { LineReader } from './line-reader.ts'
import { NodeDirectory } from './node-directory.ts'
import { readOwner } from './ownership.ts'
import { prepareDirectory } from './prepare-directory.ts'
import { withSocketPath } from './socket-path.ts'
import { openStoreHeader } from './store-header.ts'
import type { Submission } from './submission.ts'

/** `reply` is what the owner answered; without one the jobs lie in the inbox, and the next owner takes them in. */
export interface Submitted {
  readonly reply?: EnqueueReply
}

type Answer =
  | { readonly reply: EnqueueReply }
  | { readonly refused: string; readonly code: MillraceError['code'] }

/**
 * Enqueues from a process that does not own the store: through the owner if it is there, else through the store's inbox.
 * The jobs are durable when this resolves. Rejects as an enqueue does; with `outcome: 'unknown'`, submit the same ids again.
 */
export async function submitJobs(directory: string, request: EnqueueRequest, at: Moment): Promise<Submitted> {
  const path = prepareDirectory(directory, true)
  const store = new NodeDirectory(path)
  openStoreHeader(store)
  const submission = { request, at }
  const socket = ownersSocket(store)
  const reply = socket === undefined ? undefined : await ask(path, socket, submission)
  if (reply) return { reply }
  Inbox.in(path).leave(submission)
  // An owner that came just now has looked into the inbox before the jobs lay there: tell it to look again.
  const newcomer = ownersSocket(store)
  if (newcomer !== undefined) await tell(path, newcomer, { ask: 'inbox' })
  return {}
}

function ownersSocket(store: NodeDirectory): string | undefined {
  const highest = numbersOf('own', store.list()).at(-1)
  return highest === undefined ? undefined : readOwner(store, highest)?.socket
}

async function ask(path: string, socket: string, submission: Submission): Promise<EnqueueReply | undefined> {
  const answer = (await tell(path, socket, { ask: 'enqueue', ...submission })) as Answer | undefined
  if (answer === undefined) return undefined
  if ('refused' in answer) throw new MillraceError(answer.code, answer.refused, { outcome: 'no' })
  return answer.reply
}

/** Nothing when nobody is there. */
function tell(path: string, socket: string, request: object): Promise<unknown> {
  return withSocketPath(
    path,
    socket,
    (address) =>
      new Promise((resolve, reject) => {
        const connection = createConnection(address)
        let connected = false
        const lines = new LineReader((line) => {
          resolve(JSON.parse(line))
          connection.destroy()
        })
        connection.once('connect', () => {
          connected = true
          connection.write(`${JSON.stringify(request)}\n`)
        })
        connection.on('data', (chunk: Buffer) => lines.push(chunk))
        connection.once('error', (error) =>
          connected ? reject(failed(path, error, 'unknown')) : resolve(undefined),
        )
        // After a settled promise this says nothing any more.
        connection.once('close', () =>
          reject(failed(path, new Error('the owner went away before it answered'), 'unknown')),
        )
      }),
  )
}
