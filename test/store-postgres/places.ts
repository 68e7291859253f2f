import { postgresStore, type PostgresStore } from '@millrace/store-postgres'
import { Client } from 'pg'
import type { Server } from '../postgres/server.ts'

/** What makes empty places for tests on one server: the tables stay, their rows go. */
export interface Places {
  /** A place that no other test is on at the same time. */
  next(): Promise<{ open(): Promise<PostgresStore> }>
  close(): Promise<void>
}

export async function placesOn(server: Server, schema = 'exam'): Promise<Places> {
  const { connectionString } = server
  const open = (): Promise<PostgresStore> => postgresStore({ connectionString, schema, clock: 'caller' })
  await (await open()).close()
  const client = new Client({ connectionString })
  await client.connect()
  const tables = ['jobs', 'edges', 'queues', 'keys', 'schedules', 'tallies']
  return {
    async next() {
      await client.query(tables.map((table) => `DELETE FROM ${schema}.${table}`).join('; '))
      return { open }
    },
    close: () => client.end(),
  }
}
