import { errorValue } from './error-value.ts'
import type { WireResult } from './protocol.ts'
import { transferablesOf } from './transfer.ts'
import type { WorkerPort } from './worker-port.ts'

// Results of calls that take less share a message; one that takes longer finds those before it posted.
const postEveryMs = 0.25

/** Results on their way out. They leave before anything begins that may keep them. */
export class ResultBox {
  readonly #port: WorkerPort
  #results: WireResult[] = []
  #postedAt = 0

  constructor(port: WorkerPort) {
    this.#port = port
  }

  add(result: WireResult): void {
    this.#results.push(result)
  }

  /** A call begins at `now`: it may take long. */
  beforeCall(now: number): void {
    if (now - this.#postedAt > postEveryMs) this.post(now)
  }

  post(now: number): void {
    this.#postedAt = now
    const results = this.#results
    if (results.length === 0) return
    this.#results = []
    try {
      this.#send(results)
    } catch {
      for (const result of results) this.#sendOne(result)
    }
  }

  #send(results: readonly WireResult[]): void {
    const transferables = results.flatMap(({ value }) => transferablesOf(value))
    this.#port.postMessage({ millrace: 'results', results }, transferables)
  }

  /** What cannot be cloned is its handler's failure, and nobody else's. */
  #sendOne(result: WireResult): void {
    try {
      this.#send([result])
    } catch (error) {
      this.#send([{ ...result, ok: false, value: errorValue(error) }])
    }
  }
}
