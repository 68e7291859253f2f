import { Overtaken } from '@millrace/table'
import type { Database, Head, Schema } from './database.ts'
import { nameOf } from './errors.ts'
import type { Replica } from './replica.ts'
import { transact, type Durability } from './transaction.ts'
import type { TurnDraft } from './turn-draft.ts'

/** After so many turns without news from another tab, the next one is trusted to be without, too. */
const trust = 3

type Writing = Parameters<Parameters<typeof transact<Schema, 'frames' | 'bodies' | 'meta', void>>[1]>[0]

/** Writes turns behind everything that was written before, by whatever tab. */
export class LogWriter {
  readonly #replica: Replica
  readonly #durability: Durability
  /** Turns since another tab was last seen to write. */
  #quietTurns = 0

  constructor(replica: Replica, durability: Durability) {
    this.#replica = replica
    this.#durability = durability
  }

  /** Rejects with `Overtaken` when another tab wrote first; nothing is stored then. */
  add(database: Database, draft: TurnDraft): Promise<void> {
    return this.#quietTurns < trust ? this.lookFirst(database, draft) : this.#addFirst(database, draft)
  }

  /** Reads what other tabs wrote, and then decides, in one transaction. A tab that slept past a snapshot reads all anew. */
  async lookFirst(database: Database, draft: TurnDraft): Promise<void> {
    const replica = this.#replica
    const isSeen = await transact(this.#scope(database, 'readwrite'), async (transaction) => {
      const [news, head] = await Promise.all([
        transaction.objectStore('frames').getAll(IDBKeyRange.lowerBound(replica.last, true)),
        transaction.objectStore('meta').get('head') as Promise<Head | undefined>,
      ])
      this.#quietTurns = news.length > 0 ? 0 : this.#quietTurns + 1
      if (draft.isDecided && news.length > 0) throw new Overtaken()
      if (replica.last < (head?.through ?? 0)) return false
      replica.catchUp(news)
      if (!draft.isDecided) draft.decide(replica.last + 1)
      write(transaction, draft)
      transaction.commit()
      return true
    })
    if (isSeen) return this.#wrote(draft)
    await replica.load(database)
    await this.lookFirst(database, draft)
  }

  /**
   * Decides, and then writes without a look, which saves a way there and back: the number of a record that another tab has
   * written is taken. To a tab that slept while the log was shortened it may be free again, but then there is a greater one;
   * what was written is then beneath the snapshot, where nobody reads.
   */
  async #addFirst(database: Database, draft: TurnDraft): Promise<void> {
    if (!draft.isDecided) draft.decide(this.#replica.last + 1)
    const { records } = draft
    const end = IDBKeyRange.lowerBound(this.#replica.last + records.length, true)
    const mode = records.length > 0 ? 'readwrite' : 'readonly'
    const greater = await transact(this.#scope(database, mode), (transaction) => {
      write(transaction, draft)
      const found = transaction.objectStore('frames').getKey(end)
      transaction.commit()
      return found
    }).catch((error: unknown) => {
      if (nameOf(error) === 'ConstraintError') return Infinity
      throw error
    })
    if (greater === undefined) return this.#wrote(draft)
    this.#quietTurns = 0
    throw new Overtaken()
  }

  #scope(database: Database, mode: 'readonly' | 'readwrite') {
    return { database, stores: ['frames', 'bodies', 'meta'], mode, durability: this.#durability } as const
  }

  #wrote({ records, bodyLength }: TurnDraft): void {
    for (const record of records) this.#replica.wrote(record)
    this.#replica.weight += bodyLength / 16
  }
}

/** Records under numbers that are free; if one is not, the transaction aborts. */
function write(transaction: Writing, { n, records, bodies }: TurnDraft): void {
  const [frames, texts] = [transaction.objectStore('frames'), transaction.objectStore('bodies')]
  for (const [index, text] of bodies.entries()) texts.add(text, [n, index]).catch(() => {})
  for (const [index, record] of records.entries()) frames.add(record, n + index).catch(() => {})
}
