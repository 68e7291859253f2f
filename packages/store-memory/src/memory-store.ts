import type { Store } from '@millrace/core'
import { tableStore } from '@millrace/table'

/**
 * Jobs live in this process only; a crash loses all of them. The model of every other store.
 *
 * @example
 * const runtime = await createRuntime({ store: memoryStore() })
 */
export function memoryStore(): Promise<Store> {
  return tableStore()
}
