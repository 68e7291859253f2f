const width = 30

/** A line on a terminal that is written over and over; on anything else, nothing. */
export class ProgressBar {
  readonly #output: NodeJS.WriteStream
  readonly #startedAt: number
  #shownAt = 0

  constructor(output: NodeJS.WriteStream) {
    this.#output = output
    this.#startedAt = performance.now()
  }

  /** `share` is the part done, from 0 to 1, or undefined if nobody knows. */
  show(jobs: number, share: number | undefined, what: string): void {
    const now = performance.now()
    if (!this.#output.isTTY || now - this.#shownAt < 100) return
    this.#shownAt = now
    const rate = Math.round(jobs / ((now - this.#startedAt) / 1_000))
    const bar = share === undefined ? '' : `${barOf(Math.min(1, share))} `
    this.#output.write(
      `\r\u001b[K${bar}${what}: ${jobs.toLocaleString('en')} jobs, ${rate.toLocaleString('en')} a second`,
    )
  }

  /** So many of so many are done. */
  count(done: number, all: number, what: string): void {
    const now = performance.now()
    if (!this.#output.isTTY || now - this.#shownAt < 100) return
    this.#shownAt = now
    this.#output.write(`\r\u001b[K${barOf(done / all)} ${done} of ${all} ${what}`)
  }

  clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[K')
  }
}

function barOf(share: number): string {
  const done = Math.round(share * width)
  return `[${'#'.repeat(done)}${'.'.repeat(width - done)}]`
}
