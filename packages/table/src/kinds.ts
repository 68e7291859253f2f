import type { Job, Kind } from '@millrace/core'
import { textOf } from './data-text.ts'
import type { Line } from './line.ts'
import type { QueueIndex } from './queue-index.ts'

/** What jobs of one definition share, with the places of the index they stand in. */
export interface IndexedKind extends Kind {
  readonly home: QueueIndex
  /** The enqueued jobs of the queue that have this name. */
  readonly ready: Line
  /** As frames tell it. */
  readonly text: string
}

/** Kinds as numbers: a million jobs of one definition say it once. A kind is kept as long as the table. */
export class Kinds {
  readonly list: IndexedKind[] = []
  /** By queue and name; the name of a queue has no space. */
  readonly #byName = new Map<string, number[]>()
  readonly #byText = new Map<string, number>()
  readonly #homeOf: (queue: string) => QueueIndex
  #last = 0

  constructor(homeOf: (queue: string) => QueueIndex) {
    this.#homeOf = homeOf
  }

  intern(kind: Kind): number {
    if (this.is(this.#last, kind)) return this.#last
    const known = this.#known(`${kind.queue} ${kind.name}`)
    const number =
      known.find((candidate) => this.is(candidate, kind)) ??
      known.find((candidate) => isSame(this.list[candidate]!, kind))
    return (this.#last = number ?? this.#add(kind, known))
  }

  /** The kind that a frame tells with this text; `read` is asked only for one that is new. */
  internText(text: string, read: (text: string) => Kind): number {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const number = this.intern(read(text))
    this.#byText.set(text, number)
    return number
  }

  /** True when the number is the kind's, as far as identity tells. */
  is(number: number, kind: Kind | Job): boolean {
    const own = this.list[number]
    return (
      own !== undefined &&
      own.retry === kind.retry &&
      own.name === kind.name &&
      own.queue === kind.queue &&
      own.version === kind.version &&
      own.timeoutMs === kind.timeoutMs
    )
  }

  #known(name: string): number[] {
    const known = this.#byName.get(name) ?? []
    if (known.length === 0) this.#byName.set(name, known)
    return known
  }

  #add({ queue, name, version, retry, timeoutMs }: Kind, known: number[]): number {
    const home = this.#homeOf(queue)
    const kind = { queue, name, version, retry, timeoutMs }
    const number = this.list.push({ ...kind, home, ready: home.readyLine(name), text: textOf(kind) }) - 1
    known.push(number)
    return number
  }
}

function isSame(a: Kind, b: Kind): boolean {
  return (
    a.queue === b.queue &&
    a.name === b.name &&
    a.version === b.version &&
    a.timeoutMs === b.timeoutMs &&
    isSameData(a.retry, b.retry)
  )
}

function isSameData(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const entries = Object.entries(a)
  return (
    entries.length === Object.keys(b).length &&
    entries.every(
      ([name, value]) => Object.hasOwn(b, name) && isSameData(value, (b as Record<string, unknown>)[name]),
    )
  )
}
