import { isTerminal, states, type Counters } from '@millrace/core'
import { Line } from './line.ts'
import type { PackedRows } from './packed-rows.ts'
import type { ShedLines } from './shed-lines.ts'

/** Who holds and who waits for the slots of one key. */
export interface KeyLine {
  held: number
  /** By seq. */
  readonly waiting: Line
}

/** What the table knows of one queue's jobs: how many are in each state, and the lines they stand in. */
export class QueueIndex {
  readonly name: string
  readonly #rows: PackedRows
  /** Jobs by state code. */
  readonly counts: number[] = states.map(() => 0)
  /** Payload bytes of the unfinished ones. */
  bytes = 0
  /** Enqueued jobs by name, each line by rank. */
  readonly ready: Map<string, Line> = new Map()
  /** Ended jobs by state code, each line by `since`. */
  readonly ended: readonly (Line | undefined)[]
  readonly keys: Map<string, KeyLine> = new Map()
  /** Only once somebody asked for it: few queues shed. */
  shed: ShedLines | undefined
  /** True while it stands among those that listeners are to be woken for. */
  isWoken = false

  constructor(name: string, rows: PackedRows) {
    this.name = name
    this.#rows = rows
    this.ended = states.map((state) => (isTerminal(state) ? new Line(rows, true) : undefined))
  }

  readyLine(name: string): Line {
    const known = this.ready.get(name)
    if (known !== undefined) return known
    const line = new Line(this.#rows, true)
    this.ready.set(name, line)
    return line
  }

  keyLine(key: string): KeyLine {
    const known = this.keys.get(key)
    if (known !== undefined) return known
    const line = { held: 0, waiting: new Line(this.#rows, false) }
    this.keys.set(key, line)
    return line
  }

  /** Keys that jobs wait for, the one whose first has waited longest first. */
  waitingKeys(): readonly string[] {
    return [...this.keys]
      .filter(([, { waiting }]) => waiting.size > 0)
      .sort(([, a], [, b]) => a.waiting.firstKey - b.waiting.firstKey)
      .map(([key]) => key)
  }

  get hasJobs(): boolean {
    return this.counts.some((count) => count > 0)
  }

  /** In the order of core's `states`. */
  counters(): Counters {
    const { counts, bytes } = this
    return {
      scheduled: counts[0]!,
      blocked: counts[1]!,
      enqueued: counts[2]!,
      processing: counts[3]!,
      retrying: counts[4]!,
      completed: counts[5]!,
      dead: counts[6]!,
      cancelled: counts[7]!,
      expired: counts[8]!,
      bytes,
    }
  }
}
