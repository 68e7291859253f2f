import { removeIfThere, writeAll, type Directory } from './directory.ts'
import { reserveFile } from './file-names.ts'
import { publish } from './publish.ts'

const reserveBytes = 1 << 20
const firstProbeMs = 1_000
const longestProbeMs = 30_000

/**
 * Space that is kept back (R11): on a full disk it is freed, so that work which frees space can still be recorded, while
 * new work is refused until the space is there again.
 */
export class Reserve {
  readonly #directory: Directory
  readonly #now: () => number
  readonly #bytes: number
  #missing = false
  #probeAt = 0
  #waitMs = firstProbeMs

  constructor(directory: Directory, now: () => number, bytes: number = reserveBytes) {
    this.#directory = directory
    this.#now = now
    this.#bytes = bytes
    if (!directory.exists(reserveFile)) this.#refill()
  }

  /** Is there no room for new work? Looks again at most once a second, and ever less often up to every 30 s. */
  get exhausted(): boolean {
    if (!this.#missing) return false
    if (this.#now() >= this.#probeAt) this.#refill()
    return this.#missing
  }

  /** Space ran out: refuse new work from now on. */
  exhaust(): void {
    this.#missing = true
    this.#waitMs = firstProbeMs
    this.#probeAt = this.#now() + this.#waitMs
  }

  /** Frees what was kept back; false when that was done before. */
  spend(): boolean {
    this.exhaust()
    const there = this.#directory.exists(reserveFile)
    removeIfThere(this.#directory, reserveFile)
    return there
  }

  #refill(): void {
    try {
      if (!this.#directory.exists(reserveFile)) {
        publish(this.#directory, reserveFile, (file) =>
          writeAll(file, new Uint8Array(this.#bytes), 0),
        ).close()
      }
      this.#missing = false
    } catch {
      this.#missing = true
      this.#probeAt = this.#now() + this.#waitMs
      this.#waitMs = Math.min(this.#waitMs * 2, longestProbeMs)
    }
  }
}
