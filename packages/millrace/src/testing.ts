/** `millrace/testing`: a runtime on a virtual clock. */
import { createTestRuntimeOn, type TestRuntime, type TestRuntimeOptions } from '@millrace/runtime'
import { memoryStore } from '@millrace/store-memory'

export {
  FaultStore,
  seededEntropy,
  VirtualClock,
  type FaultOptions,
  type PayloadMatcher,
  type TestRuntime,
  type TestRuntimeOptions,
} from '@millrace/runtime'

/**
 * A runtime over the store in memory, whose time stands still until the test moves it.
 *
 * @example
 * await using test = await createTestRuntime()
 * test.runtime.handle(resize, () => thumb)
 * test.runtime.work()
 * await test.runtime.enqueue(resize, photo, { delay: '5m' })
 * await test.drain()
 */
export function createTestRuntime(options?: TestRuntimeOptions): Promise<TestRuntime> {
  return createTestRuntimeOn(memoryStore(), options)
}
