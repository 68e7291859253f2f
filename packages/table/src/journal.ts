import type { Guarantee, StoredBody, Supports } from '@millrace/core'
import type { ByteWriter } from './byte-writer.ts'

/** Where a frame begins in what the journal keeps. */
export interface Place {
  readonly segment: number
  /** Of the first byte of the frame's payload. */
  readonly offset: number
}

/** What a journal asks of the table it makes durable. */
export interface Journaled {
  /**
   * Applies a frame of earlier, of its own or of another writer. With a place, long bodies stay there and the row keeps a
   * reference: true if there are any.
   */
  apply(frame: Uint8Array, place?: Place): boolean | void
  /** Forgets every row; a snapshot and its later frames follow. */
  reset(): void
  /**
   * An image of all rows, taken a piece at a time while turns go on; frames written since it began make it exact.
   * No piece may be taken while what was decided may still be taken back, by a turn that rejects with `outcome: 'no'`.
   * With `read` it has the text of every body, without it their references.
   */
  image(read?: (body: StoredBody) => string): Image
  /** Every body that the journal has to give back, and the job that it belongs to. */
  storedBodies(): Iterable<readonly [id: string, body: StoredBody]>
  /** References into `from` at or after its offset now point into `to`, as far from its offset as before. */
  relocate(from: Place, to: Place): void
  /**
   * Writes the rows that refer to bodies at or after this place, as one frame's payload; false if there are none. Frames
   * that were copied with their bodies refer to these by where they stood, and this frame behind them by where they stand.
   */
  restate(writer: ByteWriter, from: Place): boolean
}

/** A snapshot in the making. */
export interface Image {
  /** Writes the next rows as one frame's payload of about `bytes` bytes; false when nothing was left to write. */
  next(writer: ByteWriter, bytes: number): boolean
  /** Tells where the frame written last will stand. */
  placed(place: Place): void
  /** The snapshot is durable: references to bodies move to it. */
  adopt(): void
}

/**
 * Appends one frame: `encode` writes its payload, and answers true if bodies in it are to stay there. Answers where it will
 * stand, if the journal keeps bodies.
 */
export type Append = (encode: (writer: ByteWriter) => boolean | void) => Place | undefined

/** What a turn decided was decided on rows that others had changed. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

export type SetApart = (text: string, bytes: number) => StoredBody

/**
 * What makes a table durable.
 *
 * A turn gives exclusive access: frames that other writers appended since are applied first, then `decide` runs once and
 * synchronously, and what it appended is durable, all of it, when the turn resolves.
 * A turn that rejects with `outcome: 'no'` has left nothing; with `'unknown'` it may have. If `decide` throws, the turn
 * leaves nothing and rejects with that error. One that rejects with `Overtaken` has left nothing either: others wrote first,
 * and what it decided is undone and decided again.
 *
 * A frame may refer to bodies in the segments before it, for a job can take over another's body. So a segment must stay
 * until a snapshot is durable that was begun after the one which replaced it: a journal keeps one older generation.
 */
export interface Journal {
  readonly guarantee: Guarantee
  readonly supports: Supports
  /**
   * The next turn may be called when the last one has decided. By the time it decides itself, whatever was decided before
   * can only become durable or unknown: a turn that leaves nothing rejects before, and its caller has a tick to take it back.
   */
  readonly overlaps?: boolean
  /** Rebuilds the table from all that is durable. */
  open(table: Journaled): Promise<void>
  /** Keeps a long text by itself, as durable as the turn that runs; frames then hold its reference. Without it they hold the text. */
  readonly setApart?: SetApart
  /** `useReserve` allows the space that is kept back for work that frees space. */
  turn(decide: (append: Append) => void, useReserve: boolean): Promise<void>
  /** Text of a body that `apply` or `append` left in the journal; rejects with PAYLOAD_UNREADABLE when it is gone for good. */
  read(body: StoredBody): Promise<string>
  close(): Promise<void>
}
