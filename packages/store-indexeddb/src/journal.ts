import { MillraceError, type Guarantee, type StoredBody, type Supports } from '@millrace/core'
import { ByteWriter, type Append, type Journal, type Journaled } from '@millrace/table'
import { compact } from './compaction.ts'
import { Connection } from './connection.ts'
import { createSchema, schemaVersion, type Database, type Schema } from './database.ts'
import { closed, failed, full, isOutOfSpace } from './errors.ts'
import { guaranteeOf, isStoragePersisted } from './guarantee.ts'
import type { Hints } from './hints.ts'
import { identify } from './identity.ts'
import { Line } from './line.ts'
import { Replica } from './replica.ts'
import { Reserve } from './reserve.ts'
import { restore } from './restore.ts'
import { transact, type Durability } from './transaction.ts'
import { TurnDraft } from './turn-draft.ts'

interface Options {
  readonly name: string
  readonly durability: Durability
  readonly hints: Hints
}

/** The table's journal as a log in IndexedDB that many tabs write. A read-write transaction is what only one of them has. */
export class IndexedDbJournal implements Journal {
  guarantee: Guarantee = { durability: 'none', promise: 'Not open yet.' }
  readonly supports: Supports = { reopen: true, sharing: true, storedBodies: true }
  readonly #options: Options
  readonly #connection: Connection<Schema>
  readonly #line = new Line()
  readonly #writer = new ByteWriter(1 << 16)
  readonly #reserve = new Reserve()
  #replica: Replica | undefined
  #draft: TurnDraft | undefined
  /** The handle whose database was looked at, and which database that was. */
  #known: { readonly database: Database; readonly id: string } | undefined
  #mustLoad = true
  #compaction: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#connection = new Connection({ name: options.name, version: schemaVersion, create: createSchema })
  }

  async open(table: Journaled): Promise<void> {
    this.#replica = new Replica(table)
    const database = await this.#repeated(() => this.#database())
    this.#reserve.refill(database).catch(() => {})
  }

  turn(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.#options.name))
    return this.#line.run(() => this.#turn(decide, useReserve))
  }

  setApart(text: string, bytes: number): StoredBody {
    return this.#draft!.setApart(text, bytes)
  }

  async read({ segment, offset }: StoredBody): Promise<string> {
    const text = await this.#repeated(async () =>
      (await this.#connection.open()).get('bodies', [segment, offset]),
    )
    if (text === undefined) throw failed(this.#options.name, 'a payload or result was deleted', 'no')
    return text
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Lets go of the database until the next turn. */
  disconnect(): void {
    this.#connection.drop()
  }

  async #turn(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    const { hints } = this.#options
    const draft = new TurnDraft({ writer: this.#writer, decide, onAppend: () => hints.beginOwn() })
    this.#draft = draft
    try {
      await this.#repeated(() => this.#attempt(draft, useReserve))
      hints.send()
    } catch (error) {
      hints.forget()
      throw this.#verdict(error)
    }
    if (this.#replica!.isCompactionDue) this.#compactLater()
  }

  /** What went wrong, in words of the store. What is not known to be stored is read again before the next turn. */
  #verdict(error: unknown): unknown {
    if (isOutOfSpace(error)) {
      this.#reserve.exhaust()
      return full(this.#options.name, error)
    }
    if (error instanceof MillraceError && error.outcome === 'unknown') this.#mustLoad = true
    return error instanceof DOMException ? failed(this.#options.name, error, 'no') : error
  }

  /** A transaction that broke off for no fault of its own is tried once more, with a new handle. */
  async #repeated<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof DOMException) || isOutOfSpace(error)) throw error
      this.#connection.drop()
      return await task()
    }
  }

  async #attempt(draft: TurnDraft, useReserve: boolean): Promise<void> {
    const { durability, name } = this.#options
    const database = await this.#database(draft.isDecided)
    if (!useReserve && (await this.#reserve.isExhausted(database))) throw full(name)
    const stores = useReserve ? (['frames', 'bodies', 'meta'] as const) : (['frames', 'bodies'] as const)
    const isSeen = await transact(
      { database, stores, mode: 'readwrite', durability },
      async (transaction) => {
        const frames = transaction.objectStore('frames')
        const news = await frames.getAll(IDBKeyRange.lowerBound(this.#replica!.last, true))
        if (draft.isDecided && news.length > 0) throw failed(name, 'another tab wrote meanwhile', 'no')
        if (!this.#replica!.catchUp(news)) return false
        if (!draft.isDecided) draft.decide(this.#replica!.last + 1)
        if (draft.records.length === 0) return true
        if (useReserve)
          void transaction
            .objectStore('meta')
            .delete('reserve')
            .catch(() => {})
        const bodies = transaction.objectStore('bodies')
        for (const [index, text] of draft.bodies.entries()) bodies.put(text, [draft.n, index]).catch(() => {})
        for (const [index, record] of draft.records.entries())
          frames.put(record, draft.n + index).catch(() => {})
        transaction.commit()
        return true
      },
    )
    if (!isSeen) {
      this.#mustLoad = true
      return this.#attempt(draft, useReserve)
    }
    for (const record of draft.records) this.#replica!.wrote(record)
    this.#replica!.weight += draft.bodyLength / 16
  }

  /** A handle whose database the table is a replica of. A table with changes that are not stored yet cannot be loaded anew. */
  async #database(isChanged = false): Promise<Database> {
    const database = await this.#connection.open()
    if (this.#known?.database !== database) await this.#greet(database)
    if (!this.#mustLoad) return database
    if (isChanged) throw failed(this.#options.name, 'its data was replaced meanwhile', 'no')
    await this.#replica!.load(database)
    this.#mustLoad = false
    return database
  }

  async #greet(database: Database): Promise<void> {
    const [{ id, durability }, isPersisted] = await Promise.all([
      identify(database, this.#options.durability),
      isStoragePersisted(),
    ])
    this.guarantee = guaranteeOf(durability, isPersisted)
    if (this.#known !== undefined && this.#known.id !== id) {
      // Deleted, and made anew by this tab or by another: what is known here stands there again, or is read from there.
      this.#mustLoad = !(await restore(database, this.#replica!))
    }
    this.#known = { database, id }
  }

  #compactLater(): void {
    this.#compaction ??= compact({
      name: this.#options.name,
      durability: this.#options.durability,
      replica: this.#replica!,
      line: this.#line,
      database: () => this.#database(),
      isCancelled: () => this.#closing !== undefined,
    })
      // Left for the next turn that finds it due.
      .catch(() => {})
      .finally(() => {
        this.#compaction = undefined
      })
  }

  async #close(): Promise<void> {
    await this.#compaction
    await this.#line.run(() => this.#connection.drop())
  }
}
