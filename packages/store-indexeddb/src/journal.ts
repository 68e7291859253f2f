import { MillraceError, type Guarantee, type StoredBody, type Supports } from '@millrace/core'
import { ByteWriter, type Append, type Journal, type Journaled } from '@millrace/table'
import { compact } from './compaction.ts'
import { Connection } from './connection.ts'
import { createSchema, schemaVersion, type Database, type Schema } from './database.ts'
import { closed, failed, full, isOutOfSpace, textGone } from './errors.ts'
import { guaranteeOf, isStoragePersisted } from './guarantee.ts'
import type { Hints } from './hints.ts'
import { identify } from './identity.ts'
import { Line } from './line.ts'
import { LogWriter } from './log-writer.ts'
import { Replica } from './replica.ts'
import { Reserve } from './reserve.ts'
import { restore } from './restore.ts'
import type { Durability } from './transaction.ts'
import { TurnDraft } from './turn-draft.ts'

const retryMs = 250

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
  #log: LogWriter | undefined
  #draft: TurnDraft | undefined
  /** The handle whose database was looked at, and which database that was. */
  #known: { readonly database: Database; readonly id: string } | undefined
  #compaction: Promise<void> | undefined
  /** Hears of jobs whose payload or result is gone. */
  onLost: (ids: readonly string[]) => void = () => {}
  #closing: Promise<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#connection = new Connection({ name: options.name, version: schemaVersion, create: createSchema })
  }

  async open(table: Journaled): Promise<void> {
    this.#replica = new Replica(table)
    this.#log = new LogWriter(this.#replica, this.#options.durability)
    await this.#connection.repeated(() => this.#database())
  }

  turn(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.#options.name))
    return this.#line.run(() => this.#turn(decide, useReserve))
  }

  setApart(text: string, bytes: number): StoredBody {
    return this.#draft!.setApart(text, bytes)
  }

  async read({ segment, offset }: StoredBody): Promise<string> {
    const text = await this.#connection.repeated(async () =>
      (await this.#connection.open()).get('bodies', [segment, offset]),
    )
    if (text === undefined) throw textGone(this.#options.name)
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
      await (useReserve ? this.#drain(draft) : this.#add(draft))
      hints.send()
    } catch (error) {
      hints.forget()
      throw this.#verdict(error)
    }
    if (this.#replica!.isCompactionDue) this.#compactLater()
  }

  #add(draft: TurnDraft): Promise<void> {
    return this.#connection.repeated(async () => {
      if (await this.#reserve.isExhausted(() => this.#database())) throw full(this.#options.name)
      await this.#log!.add(await this.#database(draft.isDecided), draft)
    })
  }

  /** What went wrong, in words of the store. What is not known to be stored is read again before the next turn. */
  #verdict(error: unknown): unknown {
    if (isOutOfSpace(error)) {
      this.#reserve.exhaust()
      return full(this.#options.name, error)
    }
    if (error instanceof MillraceError && error.outcome === 'unknown') this.#replica!.isCurrent = false
    return error instanceof DOMException ? failed(this.#options.name, error, 'no') : error
  }

  /** Work that frees space may use what was kept back for it, as soon as the browser gives it back. */
  async #drain(draft: TurnDraft): Promise<void> {
    await this.#connection.repeated(async () => this.#reserve.spend(await this.#database()))
    for (;;) {
      try {
        return await this.#connection.repeated(async () =>
          this.#log!.lookFirst(await this.#database(draft.isDecided), draft),
        )
      } catch (error) {
        if (!isOutOfSpace(error) || !this.#reserve.isComingBack) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }

  /** A handle whose database the table is a replica of. A table with changes that are not stored yet cannot be loaded anew. */
  async #database(isChanged = false): Promise<Database> {
    const database = await this.#connection.open()
    if (this.#known?.database !== database) await this.#greet(database)
    if (this.#replica!.isCurrent) return database
    if (isChanged) throw failed(this.#options.name, 'its data was replaced meanwhile', 'no')
    await this.#replica!.load(database)
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
      const lost = await restore(database, this.#replica!)
      this.#replica!.isCurrent = false
      if (lost.length > 0) this.onLost(lost)
    }
    this.#known = { database, id }
    this.#reserve.keep(database)
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
      .catch(() => this.#replica!.postponeCompaction())
      .finally(() => {
        this.#compaction = undefined
      })
  }

  async #close(): Promise<void> {
    await this.#compaction
    await this.#line.run(() => this.#connection.drop())
  }
}
