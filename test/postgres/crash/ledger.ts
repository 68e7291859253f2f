import { openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What a worker did, written outside the database in one write each: it survives the worker, not the machine. */
export type Entry =
  | { readonly what: 'started' | 'ended' | 'completed' | 'lost'; readonly id: string; readonly epoch: number }
  | { readonly what: 'trouble'; readonly text: string }

export interface WrittenEntry {
  readonly pid: number
  readonly entry: Entry
}

export class Ledger {
  readonly #file: number

  constructor(folder: string) {
    this.#file = openSync(join(folder, `${process.pid}.ledger`), 'a')
  }

  write(entry: Entry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
  }
}

/** Every entry of every worker; a line that a kill tore off is none. */
export function readLedgers(folder: string): readonly WrittenEntry[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ledger'))
    .flatMap((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').split('\n')
      const whole = lines.slice(0, -1)
      return whole.map((line) => ({ pid: Number.parseInt(name), entry: JSON.parse(line) as Entry }))
    })
}
