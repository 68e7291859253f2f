import type { StoredBody } from '@millrace/core'
import { ByteWriter, type Image } from '@millrace/table'
import type { Database, Head } from './database.ts'
import { mostRecordBytes } from './frames.ts'
import type { Line } from './line.ts'
import type { Replica } from './replica.ts'
import { transact, type Durability } from './transaction.ts'

/** So many pieces are written in one transaction. */
const batchSize = 8
/** So many texts are deleted in one transaction. */
const sweepSize = 1_000

interface Options {
  readonly name: string
  readonly durability: Durability
  readonly replica: Replica
  /** Turns go in it: between two, all that the table holds is durable. */
  readonly line: Line
  readonly database: () => Promise<Database>
  readonly isCancelled: () => boolean
}

/** A snapshot in the making. */
interface Snapshot {
  readonly number: number
  readonly through: number
  readonly generation: number
  /** What the records that it stands for weighed. */
  readonly weight: number
  readonly image: Image
  readonly bodies: ReadonlySet<string>
}

/**
 * Writes a snapshot of all rows, a piece at a time between turns, and then, in one transaction, makes it the newest and
 * deletes what is older. Any tab may; two at once waste work and do no harm.
 */
export async function compact(options: Options): Promise<void> {
  await alone(options.name, () => writeSnapshot(options))
}

async function writeSnapshot(options: Options): Promise<void> {
  const { replica, line } = options
  const database = await line.run(options.database)
  if (await isDoneElsewhere(database, options)) return
  const snapshot = await line.run((): Snapshot => ({
    number: replica.last + Math.random(),
    through: replica.last,
    generation: replica.generation,
    weight: replica.weight,
    image: replica.table.image(),
    bodies: new Set([...replica.table.storedBodies()].map(([, body]) => nameOf(body))),
  }))
  try {
    if (await publishWhole(database, snapshot, options)) replica.weight -= snapshot.weight
    else await discard(database, snapshot)
  } catch (error) {
    await discard(database, snapshot)
    throw error
  } finally {
    // Even if there was no room for a snapshot: then this makes some.
    await sweep(database, snapshot, options)
  }
}

async function publishWhole(database: Database, snapshot: Snapshot, options: Options): Promise<boolean> {
  const size = await writePieces(database, snapshot, options)
  const { number, through } = snapshot
  return size !== undefined && publish(database, { number, through, ...size }, options)
}

/** Another tab may have written one since this tab looked. */
async function isDoneElsewhere(database: Database, { replica, line }: Options): Promise<boolean> {
  const head = (await database.get('meta', 'head')) as Head | undefined
  return line.run(() => {
    if (head === undefined || head.through <= replica.head.through) return false
    const share = (replica.last - head.through) / (replica.last - replica.head.through)
    replica.weight *= Math.max(0, share)
    replica.head = head
    return !replica.isCompactionDue
  })
}

/** Answers how much it wrote; nothing if the table was read anew meanwhile, or the store closes. */
async function writePieces(
  database: Database,
  { number, generation, image }: Snapshot,
  { replica, line, isCancelled, durability }: Options,
): Promise<Pick<Head, 'pieces' | 'bytes'> | undefined> {
  const writer = new ByteWriter(mostRecordBytes * 2)
  const batch: Uint8Array<ArrayBuffer>[] = []
  let pieces = 0
  let bytes = 0
  for (;;) {
    const piece = await line.run(() => {
      if (isCancelled() || replica.generation !== generation) return undefined
      writer.clear()
      return image.next(writer, mostRecordBytes) ? writer.written().slice() : 'end'
    })
    if (piece === undefined) return undefined
    if (piece !== 'end') {
      bytes += piece.length
      if (batch.push(piece) < batchSize) continue
    }
    const first = pieces
    pieces += batch.length
    await transact(
      { database, stores: ['snapshots'], mode: 'readwrite', durability },
      async (transaction) => {
        const snapshots = transaction.objectStore('snapshots')
        await Promise.all(batch.splice(0).map((one, index) => snapshots.put(one, [number, first + index])))
      },
    )
    if (piece === 'end') return { pieces, bytes }
  }
}

async function discard(database: Database, { number }: Snapshot): Promise<void> {
  await database.delete('snapshots', IDBKeyRange.bound([number, 0], [number, Infinity]))
}

/** False if another tab has published a newer one. */
async function publish(
  database: Database,
  head: Head,
  { replica, line, durability }: Options,
): Promise<boolean> {
  return line.run(async () => {
    const stores = ['meta', 'snapshots', 'frames'] as const
    // The newest record stays, whatever it is: a tab that slept and writes without a look sees by it that it missed something.
    const end = Math.min(head.through, replica.last - 1)
    const isNewest = await transact(
      { database, stores, mode: 'readwrite', durability },
      async (transaction) => {
        const meta = transaction.objectStore('meta')
        const other = (await meta.get('head')) as Head | undefined
        if (other !== undefined && other.through >= head.through) return false
        await Promise.all([
          meta.put(head, 'head'),
          transaction.objectStore('snapshots').delete(IDBKeyRange.upperBound([head.number, 0], true)),
          transaction.objectStore('frames').delete(IDBKeyRange.upperBound(end)),
        ])
        return true
      },
    )
    if (isNewest) replica.head = head
    return isNewest
  })
}

/** Deletes the texts that no row refers to: none ever will again, for a reference only goes from row to row. */
async function sweep(
  database: Database,
  { through, bodies }: Snapshot,
  { durability }: Options,
): Promise<void> {
  const keys = await database.getAllKeys('bodies', IDBKeyRange.upperBound([through + 1, 0], true))
  const dead = keys.filter(([segment, offset]) => !bodies.has(nameOf({ segment, offset })))
  for (let at = 0; at < dead.length; at += sweepSize)
    await transact({ database, stores: ['bodies'], mode: 'readwrite', durability }, async (transaction) => {
      const store = transaction.objectStore('bodies')
      await Promise.all(dead.slice(at, at + sweepSize).map((key) => store.delete(key)))
    })
}

function nameOf({ segment, offset }: Pick<StoredBody, 'segment' | 'offset'>): string {
  return `${segment} ${offset}`
}

/** Where there are locks, one tab at a time; the others leave it to that one. */
async function alone(name: string, task: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return task()
  await navigator.locks.request(`millrace:${name}:compaction`, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await task()
  })
}
