import { MillraceError, type CommandName } from '@millrace/core'
import {
  createRuntime,
  defineJob,
  seededEntropy,
  Snooze,
  VirtualClock,
  type FaultStore,
  type HandlerContext,
  type Runtime,
} from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../depth.ts'
import { shared } from './setup.ts'

/** How the handler of a job behaves, attempt by attempt; in the end it answers. */
type Behaviour =
  | 'answer'
  | 'answer later'
  | 'throw'
  | 'throw later'
  | 'snooze'
  | 'heed the signal'
  | 'heed nothing'
  | 'write first'

type Action =
  | { readonly kind: 'enqueue'; readonly behaviours: readonly Behaviour[]; readonly delayMs: number }
  | { readonly kind: 'advance' | 'suspend'; readonly ms: number }
  | {
      readonly kind: 'fail'
      readonly command: CommandName
      readonly times: number
      readonly after: boolean
      readonly process: number
    }
  | { readonly kind: 'cancel'; readonly nth: number; readonly process: number }
  | { readonly kind: 'restart'; readonly process: number; readonly kill: boolean }

const job = defineJob<readonly Behaviour[], { readonly token: number }>('job', {
  timeout: '20s',
  retry: { maxFailures: 4, maxCrashes: 20 },
})

const behaviour = fc.constantFrom<Behaviour>(
  'answer',
  'answer later',
  'throw',
  'throw later',
  'snooze',
  'heed the signal',
  'heed nothing',
  'write first',
)
const process = fc.constantFrom(0, 1)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('enqueue' as const),
      behaviours: fc.array(behaviour, { maxLength: 4 }),
      delayMs: fc.constantFrom(0, 0, 7_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('suspend' as const), ms: fc.integer({ min: 0, max: 60_000 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      command: fc.constantFrom<CommandName>('enqueue', 'claim', 'settle', 'renew', 'reap', 'note'),
      times: fc.integer({ min: 1, max: 4 }),
      after: fc.boolean(),
      process,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), nth: fc.nat(20), process }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), process, kill: fc.boolean() }) },
)

/** Two processes on one store, on one clock. */
class World {
  readonly clock = new VirtualClock()
  readonly accepted: string[] = []
  readonly #rows = new NaiveRows()
  readonly #processes: { runtime: Runtime; store: FaultStore; dead: boolean }[] = []
  #seed = 1

  async start(index: number): Promise<void> {
    const store = shared(naiveStore(this.#rows))
    const runtime = await createRuntime({ store, clock: this.clock, entropy: seededEntropy(this.#seed++) })
    const process = { runtime, store, dead: false }
    runtime.handle(job, (behaviours, context) => {
      const now = behaviours[context.attempt - 1] ?? 'answer'
      return process.dead ? new Promise<never>(() => {}) : this.#behave(now, context)
    })
    runtime.work({ concurrency: 3, lease: '15s', grace: '2s', pollInterval: '2s' })
    this.#processes[index] = process
  }

  get first(): Runtime {
    return this.#processes[0]!.runtime
  }

  async do(step: Action): Promise<void> {
    switch (step.kind) {
      case 'advance':
        return await this.clock.advance(step.ms)
      case 'suspend':
        return this.clock.suspend(step.ms)
      case 'enqueue':
        return await this.#enqueue(step.behaviours, step.delayMs)
      case 'fail':
        return this.#processes[step.process]!.store.fail(step.command, failed, step)
      case 'cancel':
        return await this.#cancel(step.process, step.nth)
      case 'restart':
        return await this.#restart(step.process, step.kill)
    }
  }

  async close(): Promise<void> {
    const closed = this.#processes.map(({ runtime }) => runtime.close({ drain: 0 }))
    await this.clock.advance(60_000)
    await Promise.all(closed)
  }

  async #enqueue(behaviours: readonly Behaviour[], delay: number): Promise<void> {
    try {
      this.accepted.push((await this.first.enqueue(job, behaviours, { delay })).id)
    } catch (error) {
      expect(error).toBe(failed)
    }
  }

  async #cancel(index: number, nth: number): Promise<void> {
    const id = this.accepted[nth]
    if (id !== undefined) await this.#processes[index]!.runtime.cancel(id)
  }

  /** A killed process says nothing any more: every command of it fails, before it takes effect. */
  async #restart(index: number, kill: boolean): Promise<void> {
    const old = this.#processes[index]!
    old.dead = kill
    if (kill) for (const name of all) old.store.fail(name, failed, { times: Infinity })
    const closed = old.runtime.close({ drain: 0 })
    await this.clock.advance(30_000)
    await closed
    await this.start(index)
  }

  async #behave(now: Behaviour, context: HandlerContext): Promise<{ readonly token: number }> {
    const answer = { token: context.fencingToken }
    if (now === 'snooze') throw new Snooze('3s')
    if (now === 'throw') throw new Error('at once')
    if (now === 'write first') {
      context.progress(0.5)
      context.log('line')
      await context.once('step', () => this.#sleep(1_000))
    }
    if (now === 'heed nothing') return await new Promise(() => {})
    if (now === 'heed the signal')
      await new Promise((_resolve, reject) =>
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
      )
    if (now !== 'answer') await this.#sleep(8_000)
    if (now === 'throw later') throw new Error('later')
    return answer
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(ms, resolve))
  }
}

const failed = new MillraceError('STORE_FAILED', 'no connection', { outcome: 'unknown' })
const all: readonly CommandName[] = [
  'enqueue',
  'claim',
  'settle',
  'renew',
  'reap',
  'note',
  'prune',
  'listSchedules',
  'findJob',
]

/** Attempts in no bucket: the success, or the one that was cancelled while it ran. */
const lastBucket = { completed: [1], dead: [0], cancelled: [0, 1] }

test('whatever handlers, stores and processes do, every accepted job ends, and no late result is taken', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const world = new World()
      await world.start(0)
      await world.start(1)
      for (const step of actions) await world.do(step)
      // The faults are over; every retry, lease and grace gets its time.
      await world.clock.advance(30 * 60_000)
      for (const id of world.accepted) {
        const ended = (await world.first.job(id))!
        const row = ended.toJSON() as Record<'epoch' | 'refunds', number>
        expect(['completed', 'dead', 'cancelled']).toContain(ended.state)
        // The result is the one of the newest claim.
        if (ended.state === 'completed') expect(ended.result).toEqual({ token: row.epoch })
        // Each attempt ended in one bucket; the last one may have been the success, or the cancel.
        const buckets = ended.failures + ended.crashes + ended.snoozes + row.refunds
        expect(ended.attempt - buckets).toSatisfy((last: number) =>
          lastBucket[ended.state as 'dead'].includes(last),
        )
      }
      await world.close()
    }),
    { numRuns: runs(60) },
  )
})
