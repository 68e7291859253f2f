import type { Store } from '@millrace/core'
import type { Journal } from './journal.ts'
import { JournaledStore } from './journaled-store.ts'
import { Table } from './table.ts'
import { VolatileStore } from './volatile-store.ts'

/** A store over a table in memory: durable as far as its journal goes; without one, as long as the process lives. */
export async function tableStore(journal?: Journal): Promise<Store> {
  if (journal === undefined) return new VolatileStore()
  const table = new Table()
  await journal.open(table)
  return new JournaledStore(table, journal)
}
