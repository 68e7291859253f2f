import { isTerminal, type Job } from '@millrace/core'
import { plainRetry, sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const step = fc.record({
  after: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 2 }),
  compensable: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  ends: fc.oneof(
    { weight: 5, arbitrary: fc.constant('complete' as const) },
    { weight: 1, arbitrary: fc.constantFrom('dead', 'cancel', 'crash', 'never') },
  ),
  tookMs: fc.nat({ max: 3 }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function enqueueSaga(desk: Desk, steps: readonly Step[]): void {
  const compensate = { queue: 'default', name: 'undo', version: 1, retry: plainRetry, timeoutMs: 0 }
  desk.enqueue(
    ...steps.map(({ after, compensable }, index) => {
      const parents = index === 0 ? [] : [...new Set(after.map((pick) => pick % index))]
      const flow = { id: 'saga', step: `${index}`, ...(compensable && { compensate }) }
      const edges = parents.map((parent) => ({ id: `${parent}`, onFailure: 'fail' as const }))
      return sampleJob(`${index}`, { extras: { flow, ...(edges.length > 0 && { parents: edges }) } })
    }),
  )
}

interface Told {
  /** Steps in the order in which they completed. */
  readonly completed: string[]
  /** Attempted steps that did not complete. */
  readonly uncertain: Set<string>
  readonly undone: string[]
}

/** Ends one attempt as its step says; a compensation fails now and then before it succeeds. */
function perform(desk: Desk, job: Job, steps: readonly Step[], told: Told): void {
  const undoes = job.extras.flow?.compensates
  if (undoes !== undefined) {
    if (job.attempt === 1 && Number(undoes) % 2 === 0) return void desk.fail(job)
    told.undone.push(undoes)
    return void desk.complete(job)
  }
  const { ends, tookMs } = steps[Number(job.id)]!
  desk.now += tookMs
  told.uncertain.add(job.id)
  if (ends === 'dead' || desk.job(job.id).extras.cancel !== undefined)
    return void desk.fail(job, 'nonRetryable')
  if (ends === 'crash') return void desk.run('reap', { limit: 100, gone: ['worker'] })
  if (ends === 'cancel') {
    desk.run('cancel', { ids: [job.id], reason: 'test' })
    return void desk.fail(job)
  }
  if (desk.complete(job) === 'settled') {
    told.uncertain.delete(job.id)
    told.completed.push(job.id)
  }
}

function play(steps: readonly Step[], limit: number): readonly [Desk, Told] {
  const desk = new Desk()
  enqueueSaga(desk, steps)
  const told: Told = { completed: [], uncertain: new Set(), undone: [] }
  for (const [index, { ends }] of steps.entries())
    if (ends === 'never') desk.run('cancel', { ids: [`${index}`], reason: 'test' })
  for (let round = 0; desk.rows.all().some(({ state }) => !isTerminal(state)); round++) {
    expect(round).toBeLessThan(200)
    desk.now += 60_000
    for (const job of desk.claim({ limit })) perform(desk, desk.rows.job(job.id) ?? job, steps, told)
  }
  return [desk, told]
}

describe('a saga', () => {
  it('either completes every step, or undoes every attempted one that can be undone', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, limit) => {
          const [desk, told] = play(steps, limit)
          const all = steps.map((_, index) => desk.job(`${index}`))
          const failed = all.some(({ state }) => state !== 'completed')
          const attempted = all.filter(
            ({ attempt, extras }) => attempt > 0 && extras.flow?.compensate !== undefined,
          )
          const expected =
            failed && steps.some(({ compensable }) => compensable) ? attempted.map(({ id }) => id) : []
          expect([...told.undone].sort()).toEqual(expected.sort())
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('undoes in reverse order, the uncertain steps first, each once', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, limit) => {
          const [desk, told] = play(steps, limit)
          const certain = told.undone.filter((id) => desk.job(id).state === 'completed')
          const reverse = told.completed.toReversed().filter((id) => certain.includes(id))
          // Steps that ended in the same millisecond are undone the later accepted first.
          const since = (id: string): number => desk.job(id).since
          expect(certain.map(since)).toEqual(reverse.map(since))
          const firstCertain = told.undone.findIndex((id) => desk.job(id).state === 'completed')
          const lastUncertain = told.undone.findLastIndex((id) => desk.job(id).state !== 'completed')
          if (firstCertain >= 0) expect(lastUncertain).toBeLessThan(firstCertain)
          expect(new Set(told.undone).size).toBe(told.undone.length)
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('tells the undoing what was done', () => {
    const desk = new Desk()
    const [first, second] = [
      { after: [], compensable: true, ends: 'complete', tookMs: 0 },
      { after: [0], compensable: false, ends: 'dead', tookMs: 0 },
    ] as const
    enqueueSaga(desk, [
      { ...first, after: [] },
      { ...second, after: [0] },
    ])
    desk.settle(desk.claim()[0]!, { outcome: 'complete', result: '"booking 7"' })
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    const [undo] = desk.claim()
    expect([undo!.name, undo!.payload, undo!.extras.causationId]).toEqual(['undo', '{"of":"0"}', '0'])
    expect(undo!.extras.parents).toEqual([{ id: '0', onFailure: 'continue', ended: 'completed' }])
  })

  it('never lets a step that was undone run again', () => {
    const desk = new Desk()
    enqueueSaga(desk, [{ after: [], compensable: true, ends: 'dead', tookMs: 0 }])
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    expect(desk.run('redrive', { limit: 10 })).toEqual({ redriven: [], conflicts: ['0'] })
  })
})
