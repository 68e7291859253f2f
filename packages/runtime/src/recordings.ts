import { closedError } from './command-runner.ts'
import type { Recording, RecordingParts, RecordOptions, TraceWriter } from './recording.ts'
import type { Crew } from './workers.ts'

/** The recordings of one runtime, any number at a time. */
export class Recordings {
  readonly #parts: RecordingParts
  readonly #running = new Set<Recording>()

  constructor(parts: RecordingParts) {
    this.#parts = parts
  }

  /** Loaded on first use: most pages never record. */
  async start(write: TraceWriter, options: RecordOptions): Promise<Recording> {
    const { Recording } = await import('./recording.ts')
    if (this.#parts.commands.closed) throw closedError()
    const recording = new Recording(this.#parts, write, options, (ended) => this.#running.delete(ended))
    this.#running.add(recording)
    return recording
  }

  /** A worker began. */
  hired(crew: Crew): void {
    for (const recording of this.#running) recording.hired(crew)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((recording) => recording.close()))
  }
}
