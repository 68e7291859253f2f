import type { Guarantee, StoredBody, Supports } from '@millrace/core'
import type { Append, Journal, Journaled } from '@millrace/table'
import { readBody } from './bodies.ts'
import { compact } from './compaction.ts'
import { errorCodeOf, type Directory } from './directory.ts'
import { closed, takenOver } from './errors.ts'
import { Generations } from './generations.ts'
import { guarantees, type Durability } from './guarantee.ts'
import { LogWriter } from './log-writer.ts'
import type { Ownership } from './ownership.ts'
import { recover, type Recovered } from './recovery.ts'
import { Reserve } from './reserve.ts'
import { TurnQueue } from './turn-queue.ts'

export interface FileJournalOptions {
  readonly directory: Directory
  readonly storeId: string
  readonly ownership: Ownership
  readonly durability: Durability
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** `Infinity`: no seals but those asked for. */
  readonly sealEveryMs?: number
  readonly allocateBytes?: number
  readonly reserveBytes?: number
  /** Hears of damage that could be made good, and of snapshots that could not be taken. */
  readonly warn?: (warning: string) => void
}

/** R8 allows 50 ms from the last commit to its seal; the timer may just have looked before that commit. */
const defaultSealEveryMs = 25
const defaultAllocateBytes = 1 << 20
/** A zombie may take our number in the moment between reading and creating. It can do so once. */
const openRounds = 4

interface Parts {
  readonly table: Journaled
  readonly generations: Generations
  readonly writer: LogWriter
  readonly queue: TurnQueue
}

/** The table's journal as an append-only log in one directory. It lives from one `open` to one `close`. */
export class FileJournal implements Journal {
  readonly guarantee: Guarantee
  readonly supports: Supports = { reopen: true, sharing: false, storedBodies: true }
  readonly overlaps = true
  readonly #options: FileJournalOptions
  #parts: Parts | undefined
  #closing: Promise<void> | undefined
  #sealTimer: NodeJS.Timeout | undefined
  #sealCandidate = -1
  #compaction: Promise<void> | undefined

  constructor(options: FileJournalOptions) {
    this.#options = options
    this.guarantee = guarantees[options.durability]
  }

  // oxlint-disable-next-line require-await -- reading all of it at once is faster, and nobody is served before the end.
  async open(table: Journaled): Promise<void> {
    const { directory, durability, now, ownership, reserveBytes, warn } = this.#options
    const { generations, recovered } = this.#recover(table)
    for (const warning of recovered.warnings) warn?.(warning)
    const writer = new LogWriter({
      path: directory.path,
      table,
      generations,
      ownership,
      reserve: new Reserve(directory, now, reserveBytes),
      flushes: durability === 'disk',
      seq: recovered.last?.lastSeq ?? 0,
      now,
    })
    this.#parts = { table, generations, writer, queue: new TurnQueue(writer) }
    this.#sealLater()
  }

  async turn(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    if (!this.#parts || this.#closing) throw closed(this.#options.directory.path)
    const { queue, generations } = this.#parts
    await queue.push(decide, useReserve)
    this.#sealLater()
    if (generations.compactionDue && !this.#compaction) this.#compactLater()
  }

  // oxlint-disable-next-line require-await -- a read from the page cache is faster than the way to another thread.
  async read(body: StoredBody): Promise<string> {
    if (!this.#parts) throw closed(this.#options.directory.path)
    return readBody(this.#parts.generations, body)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Takes a snapshot now, whether it is due or not. */
  async compact(): Promise<boolean> {
    const { directory, ownership } = this.#options
    if (!this.#parts || this.#closing) throw closed(directory.path)
    const { generations } = this.#parts
    const read = (body: StoredBody): string => readBody(generations, body)
    return compact({
      ...this.#parts,
      directory,
      ownership,
      read,
      isCancelled: () => this.#closing !== undefined,
    })
  }

  /** R8, for those who keep the time themselves. */
  async seal(): Promise<void> {
    await this.#parts?.queue.exclusive(() => this.#parts?.writer.seal())
  }

  #recover(table: Journaled): { generations: Generations; recovered: Recovered } {
    const { directory, storeId, ownership, durability, allocateBytes = defaultAllocateBytes } = this.#options
    const flushed = durability === 'disk'
    const options = {
      directory,
      storeId,
      epoch: ownership.epoch,
      flushed,
      allocateBytes: flushed ? allocateBytes : 0,
    }
    for (let round = 1; ; round++) {
      const recovered = recover(directory, storeId, table)
      try {
        return { recovered, generations: Generations.start(options, recovered, table) }
      } catch (error) {
        if (!ownership.holds) throw takenOver(directory.path, 'no')
        if (errorCodeOf(error) !== 'EEXIST' || round === openRounds) throw error
      }
    }
  }

  #sealLater(): void {
    const { durability, sealEveryMs = defaultSealEveryMs } = this.#options
    if (durability !== 'disk' || sealEveryMs === Infinity || this.#sealTimer || this.#closing) return
    this.#sealTimer = setTimeout(() => this.#sealIfIdle(), sealEveryMs)
    this.#sealTimer.unref()
  }

  #sealIfIdle(): void {
    this.#sealTimer = undefined
    const seq = this.#parts?.writer.seq ?? 0
    if (seq === this.#sealCandidate) {
      // Without a seal only a proof is missing: on a full disk the next change brings it.
      void this.seal().catch(() => {})
      return
    }
    this.#sealCandidate = seq
    this.#sealLater()
  }

  #compactLater(): void {
    this.#compaction = this.compact()
      .then(() => {
        this.#compaction = undefined
      })
      // Left as it is until the store is opened again: what made one snapshot fail would make the next one fail too.
      .catch((error: unknown) => this.#options.warn?.(`no snapshot could be taken: ${String(error)}`))
  }

  async #close(): Promise<void> {
    if (!this.#parts) return
    const { generations, queue, writer } = this.#parts
    clearTimeout(this.#sealTimer)
    await this.#compaction
    // Every promise was kept before; a mark that cannot be written only leaves a tail to copy for the next owner.
    await queue.exclusive(() => writer.markClosed()).catch(() => {})
    generations.close()
    await this.#options.ownership.release()
  }
}
