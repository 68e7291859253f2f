/** `millrace/memory`: the store that lives in this process only. */
export { memoryStore } from '@millrace/store-memory'
