/** The indexed job table in memory, and the journal port that makes it durable. */
export { ByteReader } from './byte-reader.ts'
export { ByteWriter } from './byte-writer.ts'
export type { Append, Image, Journal, Journaled, Place } from './journal.ts'
