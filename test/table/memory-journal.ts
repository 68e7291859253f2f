import { MillraceError, type Guarantee, type StoredBody, type Supports } from '@millrace/core'
import {
  ByteWriter,
  Overtaken,
  type Append,
  type Image,
  type Journal,
  type Journaled,
  type Place,
} from '@millrace/table'

/** How the next turns go. `refused`: not even let decide. `overtaken`: another wrote first. `lost` and `kept` both say that nobody can tell. */
export type TurnFate = 'stored' | 'refused' | 'overtaken' | 'full' | 'fullBefore' | 'no' | 'lost' | 'kept'

interface Frame {
  readonly place: Place
  readonly bytes: Uint8Array
}

/** A journal in memory whose segments are byte arrays, as files would be, and whose turns fail as they are told to. */
export class MemoryJournal implements Journal {
  readonly guarantee: Guarantee = { durability: 'process', promise: 'Lasts as long as this object does.' }
  readonly supports: Supports = { reopen: true, sharing: false, storedBodies: true }
  /** The fates of the next turns, the first first; then all are stored. */
  fates: TurnFate[] = []
  /** Runs when a turn has decided and is not durable yet. */
  onFlush: () => void = () => {}
  readonly turns: { readonly useReserve: boolean; readonly frames: number }[] = []
  readonly #keepsBodies: boolean
  readonly #segments = new Map<number, ByteWriter>([[1, new ByteWriter()]])
  #segment = 1
  /** What is older goes with the next snapshot: its frames may still refer to the segments of this one. */
  #oldest = 1
  #snapshot: Frame[] = []
  #frames: Frame[] = []
  #table: Journaled | undefined
  isClosed = false

  constructor(keepsBodies = true) {
    this.#keepsBodies = keepsBodies
  }

  /** The log that the newest snapshot was begun with. */
  get oldest(): number {
    return this.#oldest
  }

  async open(table: Journaled): Promise<void> {
    this.#table = table
    this.isClosed = false
    this.replay(table)
  }

  replay(table: Journaled): void {
    table.reset()
    for (const { bytes, place } of [...this.#snapshot, ...this.#frames])
      table.apply(bytes, this.#keepsBodies ? place : undefined)
  }

  async turn(decide: (append: Append) => void, useReserve: boolean): Promise<void> {
    const fate = this.fates.shift() ?? 'stored'
    // Decides in the tick it was called in, if it can: a store that wants to wait for more must do so itself.
    if (fate === 'refused') throw new MillraceError('STORE_FAILED', 'refused', { outcome: 'no' })
    if (fate === 'fullBefore' && !useReserve) throw new MillraceError('STORE_FULL', 'full', { outcome: 'no' })
    const before = this.#frames.length
    const length = this.#bytes().position
    const takeBack = (): void => {
      this.#frames.length = before
      this.#bytes().truncate(length)
    }
    try {
      decide((encode) => this.append(encode))
    } catch (error) {
      takeBack()
      throw error
    }
    this.turns.push({ useReserve, frames: this.#frames.length - before })
    this.onFlush()
    await Promise.resolve()
    if (fate !== 'stored' && fate !== 'fullBefore' && fate !== 'kept') takeBack()
    if (fate === 'overtaken') throw new Overtaken()
    if (fate === 'full') throw new MillraceError('STORE_FULL', 'full', { outcome: 'no' })
    if (fate === 'no') throw new MillraceError('STORE_FAILED', 'failed', { outcome: 'no' })
    if (fate === 'lost' || fate === 'kept')
      throw new MillraceError('STORE_FAILED', 'failed', { outcome: 'unknown' })
  }

  append(encode: (writer: ByteWriter) => void): Place | undefined {
    const frame = this.#write(encode)
    this.#frames.push(frame)
    return this.#keepsBodies ? frame.place : undefined
  }

  async read(body: StoredBody): Promise<string> {
    return this.textOf(body)
  }

  textOf({ segment, offset, bytes }: StoredBody): string {
    const from = this.#segments.get(segment)
    if (from === undefined) throw new Error(`segment ${segment} is gone`)
    return new TextDecoder('utf-8', { fatal: true }).decode(from.written(offset).subarray(0, bytes))
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  /** Begins the next log and a snapshot beside it; `finish` makes it count and forgets what is older than the log before. */
  compact(table: Journaled = this.#table!): { next(bytes: number): boolean; finish(): void } {
    const log = this.#segment + 1
    const own = this.#segment + 2
    this.#segments.set(log, new ByteWriter())
    this.#segments.set(own, new ByteWriter())
    this.#segment = log
    const framesBefore = this.#frames.length
    const snapshot: Frame[] = []
    const image: Image = table.image((body) => this.textOf(body))
    return {
      next: (bytes) => {
        let more = false
        const frame = this.#write((writer) => (more = image.next(writer, bytes)), own)
        if (!more) return false
        snapshot.push(frame)
        if (this.#keepsBodies) image.placed(frame.place)
        return true
      },
      finish: () => {
        image.adopt()
        this.#snapshot = snapshot
        this.#frames = this.#frames.slice(framesBefore)
        for (const segment of this.#segments.keys())
          if (segment < this.#oldest) this.#segments.delete(segment)
        this.#oldest = log
        this.#segment = own + 1
        this.#segments.set(this.#segment, new ByteWriter())
      },
    }
  }

  /** Writes the newest frames once more elsewhere, as after a flush that failed. */
  startOver(table: Journaled, count: number): void {
    const again = this.#frames.splice(this.#frames.length - count)
    if (again.length === 0) return
    this.#segments.set(++this.#segment, new ByteWriter())
    this.#bytes().raw(new Uint8Array([1, 2, 3]))
    const from = again[0]!.place
    const to = { segment: this.#segment, offset: this.#bytes().position }
    // As one piece, headers and all, so that every frame keeps its distance.
    const old = this.#segments.get(from.segment)!
    this.#bytes().raw(old.written(from.offset))
    old.truncate(from.offset)
    for (const { bytes, place } of again)
      this.#frames.push({
        bytes,
        place: { segment: to.segment, offset: to.offset + place.offset - from.offset },
      })
    table.relocate(from, to)
  }

  #write(encode: (writer: ByteWriter) => void, segment: number = this.#segment): Frame {
    const writer = new ByteWriter(8)
    writer.u32(0xfeedface)
    encode(writer)
    const into = this.#bytes(segment)
    const place = { segment, offset: into.position + 4 }
    into.raw(writer.written())
    return { place, bytes: writer.written(4).slice() }
  }

  #bytes(segment: number = this.#segment): ByteWriter {
    return this.#segments.get(segment)!
  }
}
