import { MillraceError, type Guarantee, type Supports } from '@millrace/core'
import { ByteWriter, Table, type Append, type Journal, type Journaled, type Place } from '@millrace/table'

/** How a flush of the log ends. */
export type Flush = 'done' | 'full' | 'unanswered'

export interface Flusher {
  /** Calls back when the device has answered; never, if the process died meanwhile. */
  flush(answered: (how: Flush) => void): void
}

/** What all journals of a world write to: a log of frames that outlives every process, and a table that holds what the log says. */
export class SharedLog {
  readonly mirror = new Table()
  readonly #frames: Uint8Array[] = []
  readonly #waiting: { readonly writer: object; readonly begin: () => void }[] = []
  readonly #onFrame: () => void
  #writer: object | undefined
  /** Frames that were written but not flushed when their writer died. */
  #torn: readonly Uint8Array[] = []

  constructor(onFrame: () => void) {
    this.#onFrame = onFrame
  }

  get length(): number {
    return this.#frames.length
  }

  frame(index: number): Uint8Array {
    return this.#frames[index]!
  }

  append(frames: readonly Uint8Array[]): void {
    for (const frame of frames) {
      this.#frames.push(frame)
      this.mirror.apply(frame)
      this.#onFrame()
    }
  }

  /** One writer at a time; the others wait in line. */
  acquire(writer: object): Promise<void> | undefined {
    if (this.#writer === undefined) {
      this.#writer = writer
      return undefined
    }
    return new Promise((begin) => void this.#waiting.push({ writer, begin }))
  }

  release(writer: object): void {
    if (this.#writer !== writer) return
    const next = this.#waiting.shift()
    this.#writer = next?.writer
    next?.begin()
  }

  /** A writer died: it neither has the log nor waits for it any more. */
  forget(writer: object): void {
    const left = this.#waiting.filter((one) => one.writer !== writer)
    this.#waiting.splice(0, Infinity, ...left)
    this.release(writer)
  }

  /** Frames are on their way to the device. */
  wrote(frames: readonly Uint8Array[]): void {
    this.#torn = frames
  }

  /** Power was cut: the device has kept the first so many of the frames that were on their way. */
  keepTorn(share: number): number {
    const kept = this.#torn.slice(0, Math.round(share * this.#torn.length))
    this.#torn = []
    this.append(kept)
    return kept.length
  }
}

const guarantee: Guarantee = { durability: 'power', promise: 'What the log of this world has, stays.' }

/** One process's way to the log. */
export class LogJournal implements Journal {
  readonly guarantee = guarantee
  readonly supports: Supports
  readonly #log: SharedLog
  readonly #device: Flusher
  #table: Journaled | undefined
  #seen = 0
  #isDead = false

  constructor(log: SharedLog, device: Flusher, sharing: boolean) {
    this.#log = log
    this.#device = device
    this.supports = { reopen: true, sharing, storedBodies: false }
  }

  async open(table: Journaled): Promise<void> {
    this.#table = table
    this.#catchUp()
  }

  async turn(decide: (append: Append) => void): Promise<void> {
    // What a dead process still has in its queue of microtasks never happened.
    if (this.#isDead) await new Promise<never>(() => {})
    await this.#log.acquire(this)
    try {
      this.#catchUp()
      const frames: Uint8Array[] = []
      decide((encode): Place | undefined => {
        const writer = new ByteWriter()
        encode(writer)
        frames.push(writer.written().slice())
        return undefined
      })
      if (frames.length > 0) await this.#flush(frames)
    } finally {
      this.#log.release(this)
    }
  }

  async read(): Promise<string> {
    throw new Error('this journal keeps no bodies')
  }

  async close(): Promise<void> {}

  /** Its process died: whoever waits for the log may have it. */
  abandon(): void {
    this.#isDead = true
    this.#log.forget(this)
  }

  async #flush(frames: readonly Uint8Array[]): Promise<void> {
    this.#log.wrote(frames)
    const how = await new Promise<Flush>((resolve) => this.#device.flush(resolve))
    this.#log.wrote([])
    if (how === 'full') throw new MillraceError('STORE_FULL', 'no space is left', { outcome: 'no' })
    this.#log.append(frames)
    this.#seen = this.#log.length
    if (how === 'unanswered')
      throw new MillraceError('STORE_FAILED', 'the flush failed', { outcome: 'unknown' })
  }

  #catchUp(): void {
    for (; this.#seen < this.#log.length; this.#seen++) this.#table!.apply(this.#log.frame(this.#seen))
  }
}
