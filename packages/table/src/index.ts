/** The indexed job table in memory, and the journal port that makes it durable. */
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export { dataOf, textOf } from './data-text.ts'
export {
  Overtaken,
  type Append,
  type Image,
  type Journal,
  type Journaled,
  type Place,
  type SetApart,
} from './journal.ts'
export { Table, type TableMark } from './table.ts'
export { tableStore } from './table-store.ts'
export { VolatileStore } from './volatile-store.ts'
export type { Wake } from './wakes.ts'
