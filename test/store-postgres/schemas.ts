import { postgresStore, type PostgresStore, type PostgresStoreOptions } from '@millrace/store-postgres'
import { onTestFinished } from 'vitest'
import type { Server } from '../postgres/server.ts'

let last = 0

/** A schema of one test's own, and stores on it that are closed when the test is over. */
export function freshSchema(server: Server): {
  readonly schema: string
  readonly connectionString: string
  readonly open: (options?: Partial<PostgresStoreOptions>) => Promise<PostgresStore>
} {
  const schema = `test_${++last}`
  const { connectionString } = server
  return {
    schema,
    connectionString,
    async open(options = {}) {
      const store = await postgresStore({ connectionString, schema, ...options } as PostgresStoreOptions)
      onTestFinished(() => store.close())
      return store
    },
  }
}

export function now(): { readonly now: number; readonly seed: number } {
  return { now: Date.now(), seed: 1 }
}

/** A claim of up to ten jobs of the default queue. */
export const claimAll = {
  owner: 'worker',
  leaseMs: 30_000,
  limit: 10,
  queues: [{ queue: 'default', weight: 1, credit: 0 }],
} as const
