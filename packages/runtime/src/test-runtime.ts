import { MillraceError, type Store } from '@millrace/core'
import { createRuntime } from './create-runtime.ts'
import type { JobDefinition } from './define-job.ts'
import { countsOf, unfinished } from './drain.ts'
import { parseDuration, type Duration } from './duration.ts'
import { seededEntropy } from './entropy.ts'
import { FaultStore } from './fault-store.ts'
import type { JobView } from './job-view.ts'
import { checkOptions } from './options.ts'
import type { Runtime } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface TestRuntimeOptions extends Pick<RuntimeOptions, 'queues' | 'maxPayloadBytes' | 'codec'> {
  /** When the virtual time begins; 2026-01-01, if not given. */
  readonly startAt?: Date
  /** Ids, jitter and all other chance follow from it; 1, if not given. */
  readonly seed?: number
}

/** What a payload must have; or a function that says whether it is the one. */
export type PayloadMatcher<Input> = Partial<Input> | ((payload: Input) => boolean)

const longestDrain = '30d'

/** A runtime whose time is the test's: nothing sleeps, and retries of an hour are over at once. */
export class TestRuntime {
  readonly runtime: Runtime
  readonly clock: VirtualClock
  /** Fails and hesitates on command. */
  readonly store: FaultStore

  constructor(runtime: Runtime, clock: VirtualClock, store: FaultStore) {
    this.runtime = runtime
    this.clock = clock
    this.store = store
  }

  /** Moves time on; everything that falls due happens in order. */
  async advance(duration: Duration): Promise<void> {
    await this.clock.advance(parseDuration(duration, 'advance'))
  }

  /** Moves time on until nothing unfinished is left; `DRAIN_TIMEOUT` says what is, after 30 days or the given time. */
  async drain(options: { readonly timeout?: Duration } = {}): Promise<void> {
    checkOptions(options, ['timeout'], 'drain')
    const timeoutMs = parseDuration(options.timeout ?? longestDrain, 'timeout')
    const endsAt = this.clock.monotonic() + timeoutMs
    await this.clock.advance(0)
    for (;;) {
      const left = (await this.runtime.counts()).filter((queue) => unfinished(queue) > 0)
      if (left.length === 0) return
      const stepMs = this.clock.untilNext()
      if (this.clock.monotonic() + stepMs > endsAt) {
        const what = left.map((queue) => `${queue.queue}: ${countsOf(queue)}`).join('; ')
        throw new MillraceError(
          'DRAIN_TIMEOUT',
          `${what} is left; is there a worker, and a handler for each of these jobs?`,
        )
      }
      await this.clock.advance(stepMs)
    }
  }

  /** The first job of this kind that was enqueued with such a payload; throws, and says what was enqueued, if there is none. */
  async assertEnqueued<Payload, Result, Input>(
    definition: JobDefinition<Payload, Result, Input>,
    matcher: PayloadMatcher<Input> = {},
  ): Promise<JobView> {
    const { jobs } = await this.runtime.jobs({ name: definition.name, limit: 100_000 })
    const found = jobs.find((job) => matches(job.payload as Input, matcher))
    if (found !== undefined) return found
    const seen = jobs.slice(0, 10).map((job) => JSON.stringify(job.payload))
    throw new Error(
      `no job ${definition.name} was enqueued with ${printed(matcher)}; ` +
        (seen.length === 0 ? 'none at all was' : `these were: ${seen.join(', ')}`),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.runtime.close({ drain: 0 })
    // Handlers that heed nothing have their grace, and it passes only if somebody moves the clock.
    await this.clock.advance(parseDuration('1d', 'grace'))
    await closed
  }
}

/** A runtime for tests on the given store, which should be one in memory. */
export async function createTestRuntimeOn(
  store: Store | PromiseLike<Store>,
  options: TestRuntimeOptions = {},
): Promise<TestRuntime> {
  checkOptions(options, ['queues', 'maxPayloadBytes', 'codec', 'startAt', 'seed'], 'createTestRuntime')
  const { startAt, seed = 1, ...rest } = options
  const clock = new VirtualClock(startAt?.getTime())
  const faulty = new FaultStore(await store)
  const runtime = await createRuntime({ ...rest, store: faulty, clock, entropy: seededEntropy(seed) })
  return new TestRuntime(runtime, clock, faulty)
}

function matches<Input>(payload: Input, matcher: PayloadMatcher<Input>): boolean {
  return typeof matcher === 'function' ? matcher(payload) : includes(payload, matcher)
}

/** True if everything in `part` is in `whole` too, at any depth. */
function includes(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(whole, part)
  if (typeof whole !== 'object' || whole === null) return Object.keys(part).length === 0
  return Object.entries(part).every(([key, value]) =>
    includes((whole as Record<string, unknown>)[key], value),
  )
}

function printed(matcher: unknown): string {
  return typeof matcher === 'function' ? 'a payload that passes the test' : JSON.stringify(matcher)
}
