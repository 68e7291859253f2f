import type { StoredBody } from '@millrace/core'
import {
  ByteReader,
  type Append,
  type ByteWriter,
  type Image,
  type Journaled,
  type Place,
} from '@millrace/table'

type Value = string | StoredBody

/** Longer texts stay in the journal. */
const longText = 32

/** The least thing a journal can make durable: texts by number. */
export class NumberTable implements Journaled {
  readonly values = new Map<number, Value>()
  applied = 0

  reset(): void {
    this.values.clear()
    this.applied = 0
  }

  apply(frame: Uint8Array, place?: Place): boolean {
    const reader = new ByteReader(frame)
    while (!reader.atEnd) this.#applyOne(reader, place)
    this.applied += 1
    return true
  }

  /** What a turn does: sets one number, and remembers where its text stands. */
  set(append: Append, key: number, text: string): void {
    let at = 0
    const place = append((writer) => {
      const start = writer.position
      at = writeValue(writer, key, text) - start
      return true
    })
    this.#put(key, text, at, place)
  }

  image(read: (body: StoredBody) => string): Image {
    return new NumberImage(this.values, read)
  }

  storedBodies(): Iterable<readonly [id: string, body: StoredBody]> {
    return [...this.values].flatMap(([key, value]) =>
      typeof value === 'string' ? [] : [[String(key), value] as const],
    )
  }

  relocate(from: Place, to: Place): void {
    for (const [key, value] of this.values) {
      if (typeof value === 'string' || value.segment !== from.segment || value.offset < from.offset) continue
      this.values.set(key, { ...value, segment: to.segment, offset: value.offset - from.offset + to.offset })
    }
  }

  /** Its frames never refer to one another. */
  restate(): boolean {
    return false
  }

  #applyOne(reader: ByteReader, place: Place | undefined): void {
    const key = reader.u32()
    const bytes = reader.varint()
    const at = reader.position
    const text = new TextDecoder().decode(reader.raw(bytes))
    this.#put(key, text, at, place)
  }

  #put(key: number, text: string, at: number, place: Place | undefined): void {
    const long = place && text.length >= longText
    const value = long ? { segment: place.segment, offset: place.offset + at, bytes: text.length } : text
    this.values.set(key, value)
  }
}

function writeValue(writer: ByteWriter, key: number, text: string): number {
  writer.u32(key)
  return writer.text(text)
}

class NumberImage implements Image {
  readonly #values: Map<number, Value>
  readonly #read: (body: StoredBody) => string
  readonly #keys: number[]
  #next = 0
  /** Bodies of the piece written last, by where they stand in it, then by where they will stand. */
  #piece: { key: number; was: Value; at: number; bytes: number }[] = []
  readonly #moved: { key: number; was: Value; is: StoredBody }[] = []

  constructor(values: Map<number, Value>, read: (body: StoredBody) => string) {
    this.#values = values
    this.#read = read
    this.#keys = [...values.keys()]
  }

  next(writer: ByteWriter, bytes: number): boolean {
    if (this.#next === this.#keys.length) return false
    const start = writer.position
    this.#piece = []
    while (this.#next < this.#keys.length && writer.position - start < bytes) {
      const key = this.#keys[this.#next++]!
      const was = this.#values.get(key)!
      const text = typeof was === 'string' ? was : this.#read(was)
      const at = writeValue(writer, key, text) - start
      if (typeof was !== 'string') this.#piece.push({ key, was, at, bytes: was.bytes })
    }
    return true
  }

  placed(place: Place): void {
    for (const { key, was, at, bytes } of this.#piece) {
      this.#moved.push({ key, was, is: { segment: place.segment, offset: place.offset + at, bytes } })
    }
  }

  adopt(): void {
    for (const { key, was, is } of this.#moved) if (this.#values.get(key) === was) this.#values.set(key, is)
  }
}
