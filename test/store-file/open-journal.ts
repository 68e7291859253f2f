import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journaled } from '@millrace/table'
import type { Directory } from '../../packages/store-file/src/directory.ts'
import { FileJournal, type FileJournalOptions } from '../../packages/store-file/src/journal.ts'
import { NodeDirectory } from '../../packages/store-file/src/node-directory.ts'
import { takeOwnership } from '../../packages/store-file/src/ownership.ts'
import { SocketPresence } from '../../packages/store-file/src/socket-presence.ts'
import { openStoreHeader } from '../../packages/store-file/src/store-header.ts'
import { NumberTable } from './number-table.ts'

export interface OpenJournal {
  readonly journal: FileJournal
  readonly table: NumberTable
  /** Sets one number in a turn of its own. */
  readonly set: (key: number, text?: string) => Promise<void>
  /** All numbers in rising order. */
  readonly keys: () => number[]
  readonly text: (key: number) => Promise<string | undefined>
}

export function scratchDirectory(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'millrace-file-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export async function openJournal(
  path: string,
  options: Partial<FileJournalOptions> = {},
  takeoverAfterMs?: number,
): Promise<OpenJournal> {
  const table = new NumberTable()
  const journal = await openJournalOf(table, path, options, takeoverAfterMs)
  return {
    journal,
    table,
    set: (key, text = `text ${key}`) => journal.turn((append) => table.set(append, key, text), false),
    keys: () => [...table.values.keys()].sort((a, b) => a - b),
    text: async (key) => {
      const value = table.values.get(key)
      return value === undefined || typeof value === 'string' ? value : journal.read(value)
    },
  }
}

export async function openJournalOf(
  table: Journaled,
  path: string,
  options: Partial<FileJournalOptions> = {},
  takeoverAfterMs?: number,
): Promise<FileJournal> {
  const directory: Directory = options.directory ?? new NodeDirectory(path)
  const storeId = openStoreHeader(directory)
  const presence = new SocketPresence(path)
  const ownership = await takeOwnership({ directory, presence, pid: process.pid, takeoverAfterMs })
  const journal = new FileJournal({
    directory,
    storeId,
    ownership,
    durability: 'disk',
    now: () => performance.now(),
    sealEveryMs: Infinity,
    allocateBytes: 4096,
    reserveBytes: 4096,
    ...options,
  })
  try {
    await journal.open(table)
  } catch (error) {
    await ownership.release()
    throw error
  }
  return journal
}
