/** What happened to a job, in the order of the list; its index is its code in a trace. */
export const moves = [
  'arrives',
  'refused',
  'outside',
  'starts',
  'retries',
  'returns',
  'completes',
  'dies',
  'shed',
  'late',
  'lingers',
] as const

export type Move = (typeof moves)[number]

/** One run as a film: every move of every job, in the order in which they happened. */
export interface Trace {
  /** Seconds. */
  readonly horizon: number
  readonly length: number
  /** Seconds since the start. */
  readonly times: Float64Array
  readonly jobs: Uint32Array
  readonly moves: Uint8Array
  /** The worker that starts the job. */
  readonly workers: Uint16Array
  /** Seconds: the end of the backoff. */
  readonly until: Float64Array
  /** By job: the index of its class. */
  readonly classes: Uint8Array
  /** The kernel's own hash of the run. */
  readonly hash: string
  readonly totals: {
    readonly jobs: number
    readonly completed: number
    readonly dead: number
    readonly rejected: number
    readonly attempts: number
    readonly lost: number
    readonly expired: number
    readonly unfinished: number
  }
}

/** Collects moves, and gives them out as one trace. */
export class TraceWriter {
  readonly #times: number[] = []
  readonly #jobs: number[] = []
  readonly #moves: number[] = []
  readonly #workers: number[] = []
  readonly #until: number[] = []
  readonly #classes: number[] = []

  /** A new job of a class; answers its number. */
  job(ofClass: number): number {
    return this.#classes.push(ofClass) - 1
  }

  note(time: number, job: number, move: Move, { worker = 0, until = 0 } = {}): void {
    this.#times.push(time)
    this.#jobs.push(job)
    this.#moves.push(moves.indexOf(move))
    this.#workers.push(worker)
    this.#until.push(until)
  }

  close(horizon: number, hash: string, totals: Trace['totals']): Trace {
    return {
      horizon,
      length: this.#times.length,
      times: Float64Array.from(this.#times),
      jobs: Uint32Array.from(this.#jobs),
      moves: Uint8Array.from(this.#moves),
      workers: Uint16Array.from(this.#workers),
      until: Float64Array.from(this.#until),
      classes: Uint8Array.from(this.#classes),
      hash,
      totals,
    }
  }
}
