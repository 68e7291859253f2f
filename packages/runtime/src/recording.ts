import type { Job, JobEvent, Kind, Millis, QueueConfig } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'
import { checkFunction, checkInteger, checkOptions } from './options.ts'
import type { TraceHeader, TraceLine, TracedQueue } from './trace-format.ts'
import { isArrival, traceLine } from './trace-line.ts'
import type { Crew } from './workers.ts'
import { within } from './within.ts'
import type { Doing } from './worker-watch.ts'

/** Takes a piece of a trace, whole lines of it; the next piece comes when the promise it answers is fulfilled. */
export type TraceWriter = (lines: string) => unknown

export interface RecordOptions {
  /** Events at most, 1 to 100,000,000; then the recording ends by itself. 1,000,000, if not given. */
  readonly maxEvents?: number
  /** Events kept while the writer is busy, 1 to 1,000,000; more are left out, and the trace says how many. 10,000, if not given. */
  readonly maxWaiting?: number
}

export interface RecordingReport {
  readonly events: number
  /** Left out because the writer was too slow. */
  readonly lost: number
}

/** What recordings work with. */
export interface RecordingParts {
  readonly commands: CommandRunner
  readonly queues: Readonly<Record<string, QueueConfig>>
  readonly crews: () => readonly Crew[]
  readonly trouble: (doing: Doing, error: unknown) => void
}

const mostKinds = 10_000
const patienceMs = 5_000

/** Writes what happens to jobs as JSON lines, until it is stopped, the runtime is closed, or it is full. */
export class Recording {
  readonly #parts: RecordingParts
  readonly #write: TraceWriter
  readonly #maxEvents: number
  readonly #maxWaiting: number
  readonly #startedAt: Millis
  readonly #unsubscribe: () => void
  readonly #onEnd: (recording: Recording) => void
  readonly #kinds = new Set<string>()
  #lines: string[] = []
  #writing: Promise<void> | undefined
  #events = 0
  #lost = 0
  #lostSince = 0
  #isOver = false

  constructor(
    parts: RecordingParts,
    write: TraceWriter,
    options: RecordOptions,
    onEnd: (recording: Recording) => void,
  ) {
    checkFunction(write, 'what runtime.record writes with')
    checkOptions(options, ['maxEvents', 'maxWaiting'], 'record')
    this.#parts = parts
    this.#write = write
    this.#maxEvents = checkInteger(options.maxEvents ?? 1_000_000, 1, 100_000_000, 'maxEvents')
    this.#maxWaiting = checkInteger(options.maxWaiting ?? 10_000, 1, 1_000_000, 'maxWaiting')
    this.#onEnd = onEnd
    this.#startedAt = parts.commands.now()
    this.#put(headerOf(this.#startedAt, parts.queues))
    for (const crew of parts.crews()) this.hired(crew)
    this.#unsubscribe = parts.commands.store.subscribe({ events: (told) => this.#tell(told) })
  }

  /** Ends the recording; resolves when all of it is written. Safe to call twice. */
  async stop(): Promise<RecordingReport> {
    this.#end('stopped')
    await this.#written()
    return { events: this.#events, lost: this.#lost }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().then(() => {})
  }

  /** The runtime is closed, and waits no longer than this for a writer. */
  async close(): Promise<void> {
    this.#end('closed')
    await within(this.#parts.commands.clock, this.#written(), patienceMs)
  }

  /** A worker began. */
  hired({ queues, concurrency }: Crew): void {
    const at = this.#parts.commands.now() - this.#startedAt
    if (!this.#isOver) this.#put({ event: 'worker', at, queues, concurrency })
  }

  #tell(told: readonly JobEvent[]): void {
    const now = this.#parts.commands.now()
    for (const one of told) {
      if (this.#isOver) return
      const line = traceLine(one, this.#startedAt, now)
      if (line === undefined) continue
      if (this.#lines.length >= this.#maxWaiting) {
        this.#lostSince++
        continue
      }
      this.#tellOfLost(now)
      if ('job' in one && isArrival(one.type)) this.#define(one.job, line.at)
      this.#put(line)
      if (++this.#events >= this.#maxEvents) this.#end('full')
    }
  }

  #define({ queue, name, retry, timeoutMs }: Job, at: number): void {
    const kind: Omit<Kind, 'version'> = { queue, name, retry, timeoutMs }
    const text = JSON.stringify(kind)
    if (this.#kinds.has(text) || this.#kinds.size >= mostKinds) return
    this.#kinds.add(text)
    this.#put({ event: 'definition', at, ...kind })
  }

  #tellOfLost(now: Millis): void {
    if (this.#lostSince === 0) return
    this.#put({ event: 'lost', at: now - this.#startedAt, events: this.#lostSince })
    this.#lost += this.#lostSince
    this.#lostSince = 0
  }

  #end(because: 'stopped' | 'closed' | 'full'): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#unsubscribe()
    const now = this.#parts.commands.now()
    this.#tellOfLost(now)
    this.#put({ event: 'end', at: now - this.#startedAt, because })
    this.#onEnd(this)
  }

  #put(line: TraceHeader | TraceLine): void {
    this.#lines.push(`${JSON.stringify(line)}\n`)
    this.#writing ??= this.#writeOff()
  }

  /** What comes in one turn is one piece. */
  async #writeOff(): Promise<void> {
    await Promise.resolve()
    while (this.#lines.length > 0) {
      try {
        await this.#write(this.#lines.splice(0).join(''))
      } catch (error) {
        // A trace with a hole in its middle is none.
        this.#isOver = true
        this.#unsubscribe()
        this.#lines = []
        this.#onEnd(this)
        this.#parts.trouble('record', error)
      }
    }
    this.#writing = undefined
  }

  async #written(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }
}

function headerOf(startedAt: Millis, queues: RecordingParts['queues']): TraceHeader {
  const traced = Object.entries(queues).map(
    ([name, { retention: _retention, keyWeights: _weights, watermarks: _marks, ...queue }]) =>
      [name, queue satisfies TracedQueue] as const,
  )
  return { millrace: 'trace', v: 1, startedAt, queues: Object.fromEntries(traced) }
}
