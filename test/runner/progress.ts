import { stripVTControlCharacters } from 'node:util'

/** On a terminal, a line that tells how far vitest is; anywhere else, nothing. It reads the line vitest writes for each file it ends. */
export class Progress {
  readonly #output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>
  readonly #startedAt = performance.now()
  #rest = ''
  #files = 0
  #failed = 0

  constructor(output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>) {
    this.#output = output
  }

  read(text: string): void {
    const lines = (this.#rest + stripVTControlCharacters(text)).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) {
      const [, mark, file] = /^ ([✓❯↓]) .*?(\S+\.test\.ts)/.exec(line) ?? []
      if (file !== undefined) this.#show(file, mark === '❯')
    }
  }

  clear(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001b[K')
  }

  #show(file: string, failed: boolean): void {
    this.#files += 1
    if (failed) this.#failed += 1
    if (!this.#output.isTTY) return
    const seconds = Math.round((performance.now() - this.#startedAt) / 1000)
    const failures = this.#failed > 0 ? `, ${this.#failed} failed` : ''
    this.#output.write(`\r\u001b[K      tests   ${seconds} s  ${this.#files} files${failures}, last ${file}`)
  }
}
