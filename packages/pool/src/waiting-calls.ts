import type { Call } from './call.ts'

/** Calls that no worker has yet, oldest first. */
export class WaitingCalls {
  #calls: (Call | undefined)[] = []
  /** Those before it are gone: shifting a long array would move all the rest each time. */
  #head = 0

  get size(): number {
    return this.#calls.length - this.#head
  }

  first(): Call | undefined {
    return this.#calls[this.#head]
  }

  add(call: Call): void {
    this.#calls.push(call)
  }

  addFirst(calls: readonly Call[]): void {
    this.#calls = [...calls, ...this.#calls.slice(this.#head)]
    this.#head = 0
  }

  take(): Call {
    const call = this.#calls[this.#head]!
    // A payload may be large: let go of it, and not only when the array is tidied up.
    this.#calls[this.#head++] = undefined
    if (this.#head > 1_000 && this.#head * 2 > this.#calls.length) this.addFirst([])
    return call
  }

  takeAll(): readonly Call[] {
    const calls = this.#calls.slice(this.#head) as Call[]
    this.#calls = []
    this.#head = 0
    return calls
  }

  remove(call: Call): void {
    this.#calls = this.#calls.slice(this.#head).filter((one) => one !== call)
    this.#head = 0
  }
}
