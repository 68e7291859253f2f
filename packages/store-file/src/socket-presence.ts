import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { dataOf, textOf } from '@millrace/table'
import { errorCodeOf } from './directory.ts'
import { LineReader } from './line-reader.ts'
import type { Announced, Presence } from './presence.ts'
import { withSocketPath } from './socket-path.ts'

/** Answers one request of another process; what it answers is sent back as JSON. */
export type Answer = (request: object) => Promise<object>

const silence = new Set(['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'])

/** Presence by a Unix socket in the store's directory: the kernel closes it with the process, whatever ends that. */
export class SocketPresence implements Presence {
  readonly #directory: string
  #answer: Answer = () => Promise.resolve({})

  constructor(directory: string) {
    this.#directory = directory
  }

  /** From now on requests get this answer; before, and afterwards, all they learn is that somebody is there. */
  answerWith(answer: Answer): void {
    this.#answer = answer
  }

  async announce(): Promise<Announced> {
    const name = `socket.${randomBytes(8).toString('hex')}`
    const connections = new Set<Socket>()
    const server = createServer((socket) => {
      connections.add(socket)
      socket.once('close', () => connections.delete(socket))
      this.#serve(socket)
    })
    await withSocketPath(this.#directory, name, (path) => listen(server, path))
    if (process.platform !== 'win32') chmodSync(join(this.#directory, name), 0o600)
    // An open store does not keep the process alive; the worker that uses it does.
    server.unref()
    return { name, end: () => end(server, connections, join(this.#directory, name)) }
  }

  isAlive(name: string, silentMs: number | undefined): Promise<boolean> {
    return withSocketPath(this.#directory, name, (path) => answers(path, silentMs))
  }

  #serve(socket: Socket): void {
    socket.unref()
    socket.on('error', () => socket.destroy())
    const lines = new LineReader((line) => void this.#reply(socket, line))
    socket.on('data', (chunk: Buffer) => {
      if (!lines.push(chunk)) socket.destroy()
    })
  }

  async #reply(socket: Socket, line: string): Promise<void> {
    try {
      const reply = await this.#answer(dataOf(line))
      if (!socket.destroyed) socket.write(`${textOf(reply)}\n`)
    } catch {
      socket.destroy()
    }
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function end(server: Server, connections: ReadonlySet<Socket>, path: string): Promise<void> {
  for (const socket of connections) socket.destroy()
  return new Promise((resolve) => {
    server.close(() => {
      if (process.platform !== 'win32') rmSync(path, { force: true })
      resolve()
    })
  })
}

/** A stopped process still accepts, as the kernel does that for it; only words show that it runs. */
function answers(path: string, silentMs: number | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    let timer: NodeJS.Timeout | undefined
    const settle = (alive: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(alive)
    }
    // Doubt, as when no handle is left, must never pass for a dead owner.
    socket.once('error', (error) => settle(!silence.has(errorCodeOf(error))))
    socket.once('connect', () => {
      if (silentMs === undefined) return settle(true)
      timer = setTimeout(settle, silentMs, false)
      socket.once('data', () => settle(true))
      socket.once('close', () => settle(false))
      socket.write('{"ask":"alive"}\n')
    })
  })
}
