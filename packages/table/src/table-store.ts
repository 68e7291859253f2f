import type { Store } from '@millrace/core'
import type { Journal } from './journal.ts'
import { JournaledStore } from './journaled-store.ts'
import { Table } from './table.ts'

/** A store over a table in memory, durable as far as its journal goes. */
export async function tableStore(journal: Journal): Promise<Store> {
  const table = new Table()
  await journal.open(table)
  return new JournaledStore(table, journal)
}
