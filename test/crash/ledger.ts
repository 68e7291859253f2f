import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Table } from '@millrace/table'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { recover } from '../../packages/store-file/src/recovery.ts'
import { readStoreHeader } from '../../packages/store-file/src/store-header.ts'

export interface Acknowledged {
  readonly key: number
  /** CLOCK_MONOTONIC, in nanoseconds. */
  readonly at: bigint
}

/** A writer in a process of its own, and what it acknowledged, kept here where no crash reaches. */
export class Ledger {
  readonly child: ChildProcess
  readonly acknowledged: Acknowledged[] = []
  readonly ended: Promise<void>
  readonly #started: Promise<void>
  errors = ''

  constructor(directory: string, mode = 'flushed') {
    const argv = ['-C', '@millrace/source', join(import.meta.dirname, 'writer.ts'), directory, mode]
    this.child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#started = new Promise((resolve) => {
      let rest = ''
      this.child.stdout!.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop()!
        for (const line of lines) this.#note(line)
        if (this.acknowledged.length > 0) resolve()
      })
      this.child.once('close', () => resolve())
    })
    this.child.stderr!.on('data', (chunk: Buffer) => (this.errors += chunk.toString()))
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()))
  }

  /** After the first acknowledgement, and a while. */
  async afterAWhile(ms: number): Promise<void> {
    await this.#started
    await new Promise((resolve) => setTimeout(resolve, ms))
  }

  #note(line: string): void {
    const [key, at] = line.split(' ')
    if (key !== 'from') this.acknowledged.push({ key: Number(key), at: BigInt(at!) })
  }
}

/** How many jobs a store holds, if their ids are the numbers from 1 on without a hole; throws otherwise. */
export function storedUpTo(path: string): number {
  const directory = new NodeDirectory(path)
  const table = new Table()
  recover(directory, readStoreHeader(directory, 'read'), table)
  for (let key = 1; key <= table.size; key++) {
    if (table.rows.job(String(key)) === undefined) throw new Error(`job ${key} of ${table.size} is missing`)
  }
  return table.size
}
