import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { MillraceError } from '@millrace/core'
import fc from 'fast-check'
import { backoff, createRuntime, defineJob } from 'millrace'
import { FaultStore, seededEntropy, VirtualClock } from 'millrace/testing'
import { expect, test } from 'vitest'
import { runs } from '../depth.ts'

const pay = defineJob<number, number>('pay', {
  retry: { maxFailures: 1_000, maxCrashes: 1_000, backoff: backoff.fixed('500ms') },
})

const deed = fc.oneof(
  fc.record({ kind: fc.constant('time'), ms: fc.constantFrom(0, 100, 1_000, 20_000) }),
  // One process stands still for longer than its leases, and the other one goes on.
  fc.record({ kind: fc.constant('freeze'), process: fc.nat({ max: 1 }), ms: fc.constantFrom(5_000, 40_000) }),
  fc.record({
    kind: fc.constant('fail'),
    command: fc.constantFrom('settle', 'claim', 'renew'),
    after: fc.boolean(),
  }),
  // A step whose noting is not answered is noted all the same.
  fc.record({ kind: fc.constant('fail'), command: fc.constant('note'), after: fc.constant(true) }),
)
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never

function mayMakeZombies(deed: Deed): boolean {
  return deed.kind === 'freeze' || (deed as { readonly command?: string }).command === 'renew'
}

/** How one attempt goes: how long before and after its effect, and whether it fails then. */
const course = fc.record({
  before: fc.constantFrom(0, 50, 15_000),
  after: fc.constantFrom(0, 50, 15_000),
  fails: fc.boolean(),
})

/** A resource of the user's own with a conditional write. */
class Account {
  readonly tokens = new Map<number, number>()
  readonly charges = new Map<number, number>()
  refused = 0

  charge(order: number): number {
    this.charges.set(order, (this.charges.get(order) ?? 0) + 1)
    return order
  }

  write(order: number, token: number): void {
    if (token < (this.tokens.get(order) ?? 0)) this.refused++
    else this.tokens.set(order, token)
  }
}

test('a job has one effect, whatever crashes, freezes and gets lost, when its handler uses once or the fencing token', async () => {
  let [repeated, refused] = [0, 0]
  await fc.assert(
    fc.asyncProperty(
      fc.array(deed, { maxLength: 12 }),
      fc.array(course, { minLength: 1, maxLength: 8 }),
      async (deeds, courses) => {
        const account = new Account()
        const inner = naiveStore(new NaiveRows())
        let attempts = 0
        const processes = await Promise.all(
          [1, 2].map(async (seed) => {
            const clock = new VirtualClock()
            const store = new FaultStore(inner, { sharing: true })
            const runtime = await createRuntime({ store, clock, entropy: seededEntropy(seed) })
            const pause = (ms: number): Promise<void> | void => {
              if (ms > 0) return new Promise((resolve) => void clock.setTimer(ms, resolve))
            }
            runtime.handle(pay, async (order, context) => {
              const { before, after, fails } = courses[attempts++ % courses.length]!
              await pause(before)
              await context.once('charge', () => account.charge(order))
              await pause(after)
              account.write(order, context.fencingToken)
              if (fails && attempts < 30) throw new Error('the network')
              return context.fencingToken
            })
            runtime.work({ concurrency: 2 })
            return { clock, store, runtime }
          }),
        )
        const [one, two] = processes as [(typeof processes)[0], (typeof processes)[0]]
        const orders = [1, 2, 3]
        const ids = (await one.runtime.enqueueMany(pay, orders)).map(({ id }) => id)
        const all = async (ms: number): Promise<void> => {
          // Step by step, so that the two clocks never differ by more than a step.
          for (let left = ms; left >= 0; left -= 500)
            for (const { clock } of processes) await clock.advance(Math.min(500, left))
        }
        const play = async (next: Deed): Promise<void> => {
          if (next.kind === 'time') await all((next as { ms: number }).ms)
          if (next.kind === 'fail') {
            const { command, after } = next as { command: 'settle'; after: boolean }
            const error = new MillraceError('STORE_FAILED', 'no answer', { outcome: 'unknown' })
            for (const { store } of processes) store.fail(command, error, { after })
          }
          if (next.kind === 'freeze') {
            const { process, ms } = next as { process: number; ms: number }
            const [frozen, other] = process === 0 ? [one, two] : [two, one]
            await other.clock.advance(ms)
            frozen.clock.suspend(ms)
            await frozen.clock.advance(0)
          }
        }
        for (const next of deeds) await play(next)
        for (let step = 0; (await two.runtime.counts()).some(({ completed }) => completed < 3); step++) {
          expect(step).toBeLessThan(300)
          await all(10_000)
        }
        for (const [index, order] of orders.entries()) {
          expect(account.tokens.get(order)).toBe(await one.runtime.result(ids[index]!))
          // Without zombies a step is done once; no memory can keep a frozen process from its next line, only the token can.
          if (!deeds.some(mayMakeZombies)) expect(account.charges.get(order)).toBe(1)
          else repeated += account.charges.get(order)! - 1
        }
        refused += account.refused
        const closed = processes.map(({ runtime }) => runtime.close({ drain: 0 }))
        // Handlers that still run have their grace.
        await all(30_000)
        await Promise.all(closed)
      },
    ),
    { numRuns: runs(1_000) },
  )
  // Not for want of trouble.
  expect(repeated).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
})
