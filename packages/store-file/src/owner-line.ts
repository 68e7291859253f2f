import { createConnection } from 'node:net'
import { MillraceError } from '@millrace/core'
import { dataOf, textOf } from '@millrace/table'
import { failed } from './errors.ts'
import { numbersOf } from './file-names.ts'
import { LineReader } from './line-reader.ts'
import type { NodeDirectory } from './node-directory.ts'
import { readOwner } from './ownership.ts'
import { withSocketPath } from './socket-path.ts'

/** What an owner answers to what it understood. */
export type OwnersAnswer =
  | { readonly reply: object }
  | { readonly refused: string; readonly code: MillraceError['code'] }

/** Where the last owner of the store listens, if it still lives. */
export function ownersSocket(store: NodeDirectory): string | undefined {
  const highest = numbersOf('own', store.list()).at(-1)
  return highest === undefined ? undefined : readOwner(store, highest)?.socket
}

/**
 * The owner's reply, or the error with which it refused. Nothing when nobody is there, or somebody who does not answer this:
 * an owner that is opening or closing, or is of another release.
 */
export async function askOwner(path: string, socket: string, request: object): Promise<object | undefined> {
  const answer = (await tellOwner(path, socket, request)) as OwnersAnswer | undefined
  if (answer === undefined || !('refused' in answer)) return answer?.reply
  throw new MillraceError(answer.code, answer.refused, { outcome: 'no' })
}

/** What the owner says to one request. Nothing when nobody is there. */
export function tellOwner(path: string, socket: string, request: object): Promise<unknown> {
  return withSocketPath(
    path,
    socket,
    (address) =>
      new Promise((resolve, reject) => {
        const connection = createConnection(address)
        let connected = false
        const lines = new LineReader((line) => {
          resolve(dataOf(line))
          connection.destroy()
        })
        connection.once('connect', () => {
          connected = true
          connection.write(`${textOf(request)}\n`)
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
