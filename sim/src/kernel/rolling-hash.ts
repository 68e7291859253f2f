/** Events between two checkpoints. */
export const checkpointEvery = 1024

/**
 * A run's fingerprint: 64 bits over every event in order. Two runs that differ anywhere differ from there on, and their
 * checkpoints say within which 1,024 events.
 */
export class RollingHash {
  #high = 0x811c9dc5 | 0
  #low = 0xcbf29ce4 | 0
  #events = 0
  readonly #checkpoints: string[] = []

  get events(): number {
    return this.#events
  }

  /** The hash after every 1,024th event. */
  get checkpoints(): readonly string[] {
    return this.#checkpoints
  }

  add(time: number, kind: number, subject: number, detail: number): void {
    const timeLow = time | 0
    const timeHigh = (time / 4_294_967_296) | 0
    let high = Math.imul(this.#high ^ timeLow, 0x85ebca6b)
    high = Math.imul((high ^ (high >>> 15)) + subject, 0xc2b2ae35)
    let low = Math.imul(this.#low ^ (timeHigh + Math.imul(kind, 0x27d4eb2f)), 0x01000193)
    low = Math.imul((low ^ (low >>> 13)) + detail, 0x9e3779b1)
    this.#high = high ^ (low >>> 16)
    this.#low = low ^ high
    if (++this.#events % checkpointEvery === 0) this.#checkpoints.push(this.digest())
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return hex(this.#high) + hex(this.#low)
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
