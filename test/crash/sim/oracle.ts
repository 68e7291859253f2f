import { reading } from '../../../packages/store-file/src/directory.ts'
import { nameOf } from '../../../packages/store-file/src/file-names.ts'
import { recover } from '../../../packages/store-file/src/recovery.ts'
import type { Directory } from '../../../packages/store-file/src/directory.ts'
import { NumberTable } from '../../store-file/number-table.ts'
import type { Change } from './workload.ts'

/** What the table must hold after change n. */
export class Oracle {
  readonly #states: Map<number, string>[] = [new Map()]

  constructor(changes: readonly Change[]) {
    for (const { key, text } of changes) {
      this.#states.push(new Map(this.#states.at(-1)).set(key, text))
    }
  }

  get last(): number {
    return this.#states.length - 1
  }

  /** Recovers from what is there; answers the number of its last change, having checked that the table is exactly that state. */
  recover(directory: Directory, storeId: string): number {
    const table = new NumberTable()
    const { last } = recover(directory, storeId, table)
    const seq = last?.lastSeq ?? 0
    this.check(directory, table, seq)
    return seq
  }

  check(directory: Directory, table: NumberTable, seq: number): void {
    const expected = this.#states[seq]
    if (!expected) throw new Violation(`change ${seq} was invented`)
    if (expected.size !== table.values.size)
      throw new Violation(`${table.values.size} rows after change ${seq}`)
    for (const [key, text] of expected) {
      if (textOf(directory, table, key) !== text)
        throw new Violation(`row ${key} is wrong after change ${seq}`)
    }
  }
}

export class Violation extends Error {}

function textOf(directory: Directory, table: NumberTable, key: number): string | undefined {
  const value = table.values.get(key)
  if (value === undefined || typeof value === 'string') return value
  const log = nameOf('log', value.segment)
  const name = directory.exists(log) ? log : nameOf('snap', value.segment)
  return reading(directory, name, (file) => {
    const bytes = Buffer.alloc(value.bytes)
    file.read(bytes, value.offset)
    return bytes.toString('latin1')
  })
}
