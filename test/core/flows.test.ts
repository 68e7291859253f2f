import { inOrder, isTerminal, type Parent, type State } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const onFailure = fc.constantFrom<Parent['onFailure']>('fail', 'continue', 'skip')
const node = fc.record({
  after: fc.uniqueArray(fc.nat({ max: 7 }), { maxLength: 3 }),
  onFailure,
  ends: fc.constantFrom('complete', 'complete', 'complete', 'dead', 'cancel', 'crash'),
})
type Node = typeof node extends fc.Arbitrary<infer N> ? N : never

const parentsOf = (nodes: readonly Node[], index: number): readonly number[] =>
  index === 0 ? [] : [...new Set(nodes[index]!.after.map((pick) => pick % index))]

/** How a job must end, by the ends of its parents and the words of its edges. */
function expectedEnds(nodes: readonly Node[]): readonly State[] {
  const ends: State[] = []
  for (const [index, one] of nodes.entries()) {
    const failed = parentsOf(nodes, index).some((parent) => ends[parent] !== 'completed')
    if (failed && one.onFailure === 'fail') ends.push('dead')
    else if (failed && one.onFailure === 'skip') ends.push('cancelled')
    else ends.push(one.ends === 'dead' ? 'dead' : one.ends === 'cancel' ? 'cancelled' : 'completed')
  }
  return ends
}

function enqueueGraph(desk: Desk, nodes: readonly Node[]): void {
  desk.enqueue(
    ...nodes.map((one, index) => {
      const parents = parentsOf(nodes, index).map((parent) => ({ id: `${parent}`, onFailure: one.onFailure }))
      return sampleJob(`${index}`, parents.length === 0 ? {} : { extras: { parents } })
    }),
  )
}

describe('a graph of jobs', () => {
  it('always comes to its end, each job as its edges say, and none starts before all its parents have ended', () => {
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        (nodes, limit) => {
          const desk = new Desk()
          enqueueGraph(desk, nodes)
          for (let round = 0; desk.rows.all().some(({ state }) => !isTerminal(state)); round++) {
            expect(round).toBeLessThan(100)
            desk.now += 60_000
            for (const job of desk.claim({ limit })) {
              const index = Number(job.id)
              for (const parent of parentsOf(nodes, index))
                expect(isTerminal(desk.state(`${parent}`) as State)).toBe(true)
              const { ends } = nodes[index]!
              if (ends === 'crash' && job.attempt === 1) desk.run('reap', { limit: 10, gone: ['worker'] })
              else if (ends === 'dead') desk.fail(job, 'nonRetryable')
              else if (ends === 'cancel') {
                desk.run('cancel', { ids: [job.id], reason: 'test' })
                desk.fail(job)
              } else desk.complete(job)
            }
          }
          expect(nodes.map((_, index) => desk.state(`${index}`))).toEqual(expectedEnds(nodes))
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('ends even when dead jobs are redriven, discarded and pruned on the way', () => {
    const deed = fc.constantFrom('redrive', 'discard', 'prune', 'work', 'work', 'work')
    fc.assert(
      fc.property(
        fc.array(node, { minLength: 2, maxLength: 8 }),
        fc.array(deed, { maxLength: 12 }),
        (nodes, deeds) => {
          const desk = new Desk({
            retention: { completed: short, dead: short, cancelled: short, expired: short },
          })
          enqueueGraph(desk, nodes)
          for (const step of [...deeds, ...nodes.flatMap(() => ['last', 'last'] as const)]) {
            desk.now += 10_000
            if (step === 'redrive') desk.run('redrive', { limit: 1 })
            else if (step === 'discard') desk.run('discard', { limit: 1 })
            else if (step === 'prune') desk.run('prune', { limit: 10 })
            else
              for (const job of desk.claim({ limit: 2 })) {
                if (step === 'work' && nodes[Number(job.id)]!.ends === 'dead') desk.fail(job, 'nonRetryable')
                else desk.complete(job)
              }
          }
          expect(desk.rows.all().filter(({ state }) => !isTerminal(state))).toEqual([])
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('of ten thousand jobs in a row falls at once, without a stack overflow', { timeout: 60_000 }, () => {
    const desk = new Desk({
      retention: { completed: short, dead: { ageMs: 1e12, count: 1e6 }, cancelled: short, expired: short },
    })
    const last = new Map<string, string>()
    desk.rows.dependents = (id) => {
      const child = last.get(id)
      return child === undefined ? [] : [desk.job(child)]
    }
    const chain = Array.from({ length: 10_000 }, (_, index) => {
      if (index > 0) last.set(`${index - 1}`, `${index}`)
      return sampleJob(
        `${index}`,
        index === 0 ? {} : { extras: { parents: [{ id: `${index - 1}`, onFailure: 'fail' }] } },
      )
    })
    desk.run('enqueue', { jobs: chain, atomic: false })
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    expect(desk.rows.counters('default').dead).toBe(10_000)
  })
})

const short = { ageMs: 15_000, count: 1_000 }

describe('the steps of a flow', () => {
  it('come each behind all it comes after', () => {
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 8 }), fc.nat(), (nodes, turn) => {
        const steps = nodes.map((_, index) => ({
          id: `${index}`,
          after: parentsOf(nodes, index).map(String),
        }))
        const shuffled = steps
          .map((step, index) => ({ step, at: (index * 7 + turn) % 11 }))
          .sort((a, b) => a.at - b.at)
        const order = inOrder(shuffled.map(({ step }) => step)).map(({ id }) => id)
        expect([...order].sort()).toEqual(steps.map(({ id }) => id).sort())
        for (const { id, after } of steps)
          for (const parent of after) expect(order.indexOf(parent)).toBeLessThan(order.indexOf(id))
      }),
      { numRuns: runs(1_000) },
    )
  })

  it.each([
    ['a step twice', [['a'], ['a']]],
    ['a parent that is no step', [['a', 'b']]],
    ['a step after itself', [['a', 'a']]],
    [
      'a circle',
      [
        ['a', 'c'],
        ['b', 'a'],
        ['c', 'b'],
      ],
    ],
  ])('are refused for %s', (_, steps) => {
    const nodes = steps.map(([id, ...after]) => ({ id: id!, after }))
    expect(() => inOrder(nodes)).toThrow(expect.objectContaining({ code: 'FLOW_INVALID' }))
  })
})
