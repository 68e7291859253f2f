import type { Job, Store } from '@millrace/core'
import { indexedDbStore, type IndexedDbStore } from '@millrace/store-indexeddb'
import { Bench, sampleJob, type NewPlace, type Place } from '@millrace/store-spec'
import { deleteDB, openDB, type IDBPDatabase } from 'idb'
import { onTestFinished } from 'vitest'
import { createSchema, schemaVersion, type Schema } from '../../packages/store-indexeddb/src/database.ts'

let places = 0

/** A name no database has yet. */
export function newName(): string {
  return `test-${Date.now().toString(36)}-${++places}`
}

async function removeDatabases(name: string): Promise<void> {
  await Promise.all([deleteDB(name), deleteDB(`${name}.blobs`)])
}

export function newPlace(durability: 'strict' | 'relaxed', name?: string): NewPlace {
  return () => namedPlace(name ?? newName(), durability)
}

function namedPlace(name: string, durability: 'strict' | 'relaxed'): Place {
  return { open: () => indexedDbStore({ name, durability }), remove: () => removeDatabases(name) }
}

export interface Setup {
  readonly name: string
  readonly bench: Bench
  /** One more tab, as far as the store can tell. */
  readonly openTab: () => Promise<IndexedDbStore>
}

/** A place of the test's own, a store on it, and nothing left behind. */
export async function setup(durability: 'strict' | 'relaxed' = 'relaxed'): Promise<Setup> {
  const name = newName()
  const bench = await Bench.at(namedPlace(name, durability))
  onTestFinished(() => bench.putAway())
  return { name, bench, openTab: () => bench.open() as Promise<IndexedDbStore> }
}

/** The database itself, to look behind the store's back. Its handle is let go of when the test ends, before the store is removed. */
export async function openRaw(name: string): Promise<IDBPDatabase<Schema>> {
  const database = await openDB<Schema>(name, schemaVersion, { upgrade: createSchema })
  onTestFinished(() => database.close())
  return database
}

export async function enqueueIn(store: Store, ...ids: readonly string[]): Promise<void> {
  await store.run('enqueue', { jobs: ids.map((id) => sampleJob(id)), atomic: false }, { now: 0, seed: 1 })
}

export async function countIn(store: Store): Promise<number> {
  const { queues } = await store.run('countJobs', {}, { now: 0, seed: 1 })
  return queues.reduce((sum, { enqueued }) => sum + enqueued, 0)
}

export async function claimIn(store: Store, limit: number): Promise<readonly Job[]> {
  const queues = [{ queue: 'default', weight: 1, credit: 0 }]
  return (await store.run('claim', { owner: 'w', leaseMs: 30_000, limit, queues }, { now: 0, seed: 1 })).jobs
}

/** Enqueues so much that a snapshot is due. */
export async function fill(store: Store, jobs = 1_600): Promise<void> {
  const payload = JSON.stringify('x'.repeat(900))
  for (let done = 0; done < jobs; done += 100) {
    const batch = Array.from({ length: 100 }, () => sampleJob(crypto.randomUUID(), { payload }))
    await store.run('enqueue', { jobs: batch, atomic: false }, { now: 0, seed: 1 })
  }
}
