/** More than any request may need; a connection that sends a longer line is closed. */
const longestLineBytes = 1 << 26

/** Cuts what arrives into lines. */
export class LineReader {
  readonly #onLine: (line: string) => void
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** False when a line grows too long. */
  push(chunk: Buffer): boolean {
    let rest = chunk
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      this.#chunks.push(rest.subarray(0, end))
      this.#onLine(Buffer.concat(this.#chunks).toString('utf8'))
      this.#chunks = []
      this.#bytes = 0
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) this.#chunks.push(rest)
    this.#bytes += rest.length
    return this.#bytes <= longestLineBytes
  }
}
