/**
 * One mark per call in a worker's line, in memory both sides see. So a call sent ahead can be taken back before it begins, even from
 * a worker that is stuck in a loop, and after a death it is known which call the worker was at.
 */
export class Cells {
  readonly memory: SharedArrayBuffer
  readonly #marks: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(cellCount * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory
    this.#marks = new Int32Array(memory)
  }

  /** By the pool, before it sends the call. */
  send(id: number): void {
    Atomics.store(this.#marks, id % cellCount, sent)
  }

  /** By the worker. False: it was taken back. */
  begin(id: number): boolean {
    return Atomics.compareExchange(this.#marks, id % cellCount, sent, begun) === sent
  }

  /** By the worker. */
  end(id: number): void {
    Atomics.store(this.#marks, id % cellCount, ended)
  }

  /** By the pool. False: the worker has begun it. */
  takeBack(id: number): boolean {
    return Atomics.compareExchange(this.#marks, id % cellCount, sent, takenBack) === sent
  }

  /** True when the handler has ended and its result is on the way. */
  hasEnded(id: number): boolean {
    return Atomics.load(this.#marks, id % cellCount) === ended
  }

  /** True while the handler runs. */
  isRunning(id: number): boolean {
    return Atomics.load(this.#marks, id % cellCount) === begun
  }
}

/** Calls in one line, those taken back included, must stay below this. */
export const cellCount = 1_024

const sent = 0
const begun = 1
const ended = 2
const takenBack = 3

/** Undefined where memory cannot be shared: pages that are not cross-origin isolated. */
export function sharedCells(): Cells | undefined {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated
  return typeof SharedArrayBuffer === 'function' && isolated !== false ? new Cells() : undefined
}
