import { isTerminal, type Job } from '@millrace/core'
import { plainRetry, sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

/** What workers, a bad network and a bad clock do to a handful of jobs. */
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim'), owner: fc.nat({ max: 2 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('effect', 'complete', 'fail', 'release', 'renew', 'step'),
      attempt: fc.nat({ max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reap'), owner: fc.nat({ max: 2 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('tick'), ms: fc.constantFrom(1, 100, 1_001, 60_000) }),
  },
)
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never

/** A resource of the user's own, with one conditional write: only a token greater than any before gets through. */
class FencedResource {
  readonly #greatest = new Map<string, number>()
  readonly writes: { readonly id: string; readonly token: number }[] = []

  write({ id, epoch }: Job): void {
    if (epoch <= (this.#greatest.get(id) ?? 0)) return
    this.#greatest.set(id, epoch)
    this.writes.push({ id, token: epoch })
  }
}

interface World {
  readonly desk: Desk
  readonly attempts: Job[]
  readonly resource: FencedResource
  /** Effects without any fence, by job. */
  readonly effects: Map<string, number>
  /** Completions that were accepted, by job. */
  readonly completions: Map<string, number>
  /** How often the step of a job was really done. */
  readonly stepsDone: Map<string, number>
}

const add = (counts: Map<string, number>, id: string): void => void counts.set(id, (counts.get(id) ?? 0) + 1)

function play(deeds: readonly Deed[]): World {
  const desk = new Desk()
  const world: World = {
    desk,
    attempts: [],
    resource: new FencedResource(),
    effects: new Map(),
    completions: new Map(),
    stepsDone: new Map(),
  }
  const retry = { ...plainRetry, maxFailures: 100, maxCrashes: 100 }
  desk.enqueue(...['a', 'b', 'c'].map((id) => sampleJob(id, { retry })))
  for (const one of deeds) act(world, one)
  return world
}

function act(world: World, one: Deed): void {
  const { desk, attempts } = world
  if (one.kind === 'tick') desk.now += one.ms
  else if (one.kind === 'claim')
    attempts.unshift(...desk.claim({ owner: `w${one.owner}`, limit: 2, leaseMs: 1_000 }))
  else if (one.kind === 'reap') desk.run('reap', { limit: 10, gone: [`w${one.owner}`] })
  else {
    const job = attempts[one.attempt % Math.max(1, attempts.length)]
    if (job !== undefined) speak(world, job, one.kind)
  }
}

/** Something an attempt does, which may have lost its lease long ago and not know it. */
function speak(world: World, job: Job, how: string): void {
  const { desk } = world
  if (how === 'effect') {
    add(world.effects, job.id)
    world.resource.write(job)
  } else if (how === 'step') once(world, job)
  else if (how === 'renew') desk.run('renew', { leaseMs: 1_000, held: [job] })
  else if (how === 'fail') desk.fail(job)
  else if (how === 'release') desk.settle(job, { outcome: 'release' })
  else if (desk.complete(job) === 'settled') add(world.completions, job.id)
}

/** What `context.once` does: the step is done only if no result of it is known, and its result is noted under the fence. */
function once(world: World, job: Job): void {
  const { desk } = world
  if (desk.rows.job(job.id)?.extras.steps?.charge !== undefined) return
  const { outcome } = desk.run('note', {
    id: job.id,
    epoch: job.epoch,
    step: { name: 'charge', result: '1' },
  })
  if (outcome === 'noted') add(world.stepsDone, job.id)
}

/** The faults stop: one good worker does what is left. */
function converge(world: World): void {
  const { desk } = world
  for (let round = 0; desk.rows.all().some(({ state }) => !isTerminal(state)); round++) {
    expect(round).toBeLessThan(100)
    desk.run('reap', { limit: 100, gone: ['w0', 'w1', 'w2'] })
    desk.now += 60_000
    for (const job of desk.claim({ owner: 'good' })) {
      add(world.effects, job.id)
      world.resource.write(job)
      once(world, job)
      if (desk.complete(job) === 'settled') add(world.completions, job.id)
    }
  }
}

const deeds = fc.array(deed, { maxLength: 50, size: 'max' })

describe('under any interleaving of crashes, lost leases, late and doubled results', () => {
  it('every accepted job is completed, and exactly one completion of it is accepted', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const world = play(list)
        converge(world)
        expect(Object.fromEntries(world.completions)).toEqual({ a: 1, b: 1, c: 1 })
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('every job has its effect at least once, or was completed by an attempt that said it had', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const world = play(list.filter((one) => one.kind !== 'complete'))
        converge(world)
        for (const id of ['a', 'b', 'c']) expect(world.effects.get(id)).toBeGreaterThanOrEqual(1)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('a resource that heeds the fencing token never sees an older attempt after a newer one', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const world = play(list)
        converge(world)
        const last = new Map<string, number>()
        for (const { id, token } of world.resource.writes) {
          expect(token).toBeGreaterThan(last.get(id) ?? 0)
          last.set(id, token)
        }
        // The newest claim is the only one whose write can be the last.
        for (const [id, token] of last) expect(token).toBeLessThanOrEqual(world.desk.job(id).epoch)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('a step done once is noted once, whichever attempts try', () => {
    fc.assert(
      fc.property(deeds, (list) => {
        const world = play(list)
        converge(world)
        for (const count of world.stepsDone.values()) expect(count).toBe(1)
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('an attempt that was reaped can change nothing, at any time later', () => {
    fc.assert(
      fc.property(deeds, fc.nat({ max: 9 }), (list, pick) => {
        const { desk, attempts } = play(list)
        const stale = attempts.filter((job) => desk.job(job.id).epoch !== job.epoch)
        const job = stale[pick % Math.max(1, stale.length)]
        fc.pre(job !== undefined)
        const before = desk.rows.all()
        expect(desk.complete(job!)).toBe('lost')
        expect(desk.fail(job!)).toBe('lost')
        expect(desk.run('note', { id: job!.id, epoch: job!.epoch, progress: 1 })).toEqual({ outcome: 'lost' })
        expect(desk.rows.all()).toEqual(before)
      }),
      { numRuns: runs(1_000) },
    )
  })
})
