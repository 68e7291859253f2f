import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { findBinaries } from './binaries.ts'

/** A PostgreSQL server of this process's own, on a free port of 127.0.0.1. */
export interface Server {
  readonly port: number
  readonly connectionString: string
  /** Ends it as a crash would (`immediate`) or in order (`fast`), and starts it again. */
  restart(how: 'immediate' | 'fast'): Promise<void>
  /** Ends it and removes its files. */
  stop(): Promise<void>
}

export const skipReason = 'skipped: PostgreSQL was not found, and could not be installed'

/** Answers undefined when there is no PostgreSQL on this machine and none can be had. */
export async function startServer(settings: readonly string[] = []): Promise<Server | undefined> {
  const binaries = findBinaries()
  if (binaries === undefined) return undefined
  const user = unprivilegedUser()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-postgres-')))
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!)
  chmodSync(folder, 0o700)
  const port = await freePort()
  const data = join(folder, 'data')
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'millrace', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, stdio: 'ignore', cwd: folder },
  )
  const connectionString = `postgres://millrace@127.0.0.1:${port}/postgres`
  const start = (): Promise<ChildProcess> =>
    launch(join(binaries, 'postgres'), { data, folder, port, settings, user, connectionString })
  let guard = await start()
  return {
    port,
    connectionString,
    async restart(how) {
      process.kill(postmasterOf(data), how === 'fast' ? 'SIGINT' : 'SIGQUIT')
      await ended(guard)
      guard = await start()
    },
    async stop() {
      guard.stdin!.end()
      await ended(guard)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Launch {
  readonly data: string
  readonly folder: string
  readonly port: number
  readonly settings: readonly string[]
  readonly user: User
  readonly connectionString: string
}

// Runs the server, and ends it when its own input ends: also when this process is killed.
const guardScript = '"$@" & child=$!; (read -r _; kill -INT $child 2>/dev/null) <&3 & wait $child'

async function launch(program: string, launch: Launch): Promise<ChildProcess> {
  const { data, folder, port, settings, user, connectionString } = launch
  const options = settings.flatMap((setting) => ['-c', setting])
  const child = spawn(
    'sh',
    [
      '-c',
      `exec 3<&0; ${guardScript}`,
      'guard',
      program,
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-k',
      folder,
      ...options,
    ],
    { ...user, cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] },
  )
  await untilReady(connectionString, child)
  return child
}

async function untilReady(connectionString: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null)
      throw new Error(`PostgreSQL ended with ${child.exitCode} instead of starting`)
    if (await answers(connectionString)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('PostgreSQL did not start within 30 seconds')
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function postmasterOf(data: string): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
}

interface User {
  readonly uid?: number
  readonly gid?: number
}

/** PostgreSQL refuses to run as the superuser. */
function unprivilegedUser(): User {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody'])
    try {
      const numberOf = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: numberOf('-u'), gid: numberOf('-g') }
    } catch {
      // No such user: the next.
    }
  throw new Error('there is neither a user postgres nor nobody to run PostgreSQL as')
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
