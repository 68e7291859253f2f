import type { Store } from '@millrace/core'
import { VolatileStore } from '@millrace/table'

/**
 * Jobs live in this process only; a crash loses all of them. The model of every other store.
 *
 * @example
 * const runtime = await createRuntime({ store: memoryStore() })
 */
export async function memoryStore(): Promise<Store> {
  return new VolatileStore()
}
