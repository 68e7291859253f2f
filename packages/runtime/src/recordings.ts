import { Recording, type RecordingParts, type RecordOptions, type TraceWriter } from './recording.ts'

/** The recordings of one runtime, any number at a time. */
export class Recordings {
  readonly #parts: RecordingParts
  readonly #running = new Set<Recording>()

  constructor(parts: RecordingParts) {
    this.#parts = parts
  }

  start(write: TraceWriter, options: RecordOptions): Recording {
    const recording = new Recording(this.#parts, write, options, (ended) => this.#running.delete(ended))
    this.#running.add(recording)
    return recording
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((recording) => recording.close()))
  }
}
