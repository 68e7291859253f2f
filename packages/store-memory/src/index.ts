/** The reference store: the table without a journal. */
export { memoryStore } from './memory-store.ts'
