import { commands, isTerminal, legalMoves, states, type State } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveRows } from '../../packages/store-spec/src/reference/naive-rows.ts'
import { plainRetry, sampleJob } from '../../packages/store-spec/src/samples.ts'
import { nameOf, perform, randomRun } from './deeds.ts'

describe('the table of legal moves', () => {
  const legal = Object.entries(legalMoves).flatMap(([from, list]) => list.map((to) => `${from} → ${to}`))

  it('is exactly what random deeds bring about', { timeout: 60_000 }, () => {
    const seen = new Set<string>()
    for (const run of fc.sample(randomRun, { seed: 42, numRuns: 1_500 }))
      perform(run, ({ moves }) => {
        for (const move of moves) seen.add(nameOf(move))
      })
    for (const move of movesOfAnUndoingGivenUpWhileItSnoozes()) seen.add(move)
    expect([...seen].sort()).toEqual(legal.sort())
  })

  it('names every state, and lets those that have ended only go, or be redriven', () => {
    expect(Object.keys(legalMoves).sort()).toEqual([...states, 'new'].sort())
    const ended = states.filter((state) => isTerminal(state))
    expect(ended).toEqual(['completed', 'dead', 'cancelled', 'expired'])
    for (const state of ended) {
      const onward = legalMoves[state].filter((to) => to !== 'gone')
      expect(onward.filter((to) => isTerminal(to as State))).toEqual([])
      if (state !== 'dead') expect(onward).toEqual([])
    }
  })
})

/** Too rare for chance: a compensation snoozes, and is cancelled before it runs again. */
function movesOfAnUndoingGivenUpWhileItSnoozes(): readonly string[] {
  const rows = new NaiveRows()
  const at = { now: 1_000, seed: 1 }
  const compensate = { queue: 'default', name: 'undo', version: 1, retry: plainRetry, timeoutMs: 0 }
  const step = (id: string) => sampleJob(id, { extras: { flow: { id: 'f', step: id, compensate } } })
  const claim = () =>
    commands.claim(
      rows,
      { owner: 'w', leaseMs: 1_000, limit: 9, queues: [{ queue: 'default', weight: 1, credit: 0 }] },
      at,
    ).jobs
  const error = { name: 'Error', message: 'no' }
  commands.enqueue(rows, { jobs: [step('pay'), step('ship')], atomic: true }, at)
  const [pay, ship] = claim()
  const ended = [
    { id: pay!.id, epoch: pay!.epoch, outcome: 'complete' as const },
    {
      id: ship!.id,
      epoch: ship!.epoch,
      outcome: 'fail' as const,
      bucket: 'failure' as const,
      error,
      dead: 'nonRetryable' as const,
    },
  ]
  commands.settle(rows, { settlements: ended }, at)
  const [undo] = claim()
  commands.settle(
    rows,
    { settlements: [{ id: undo!.id, epoch: undo!.epoch, outcome: 'snooze', delayMs: 5_000 }] },
    at,
  )
  rows.moves = []
  commands.cancel(rows, { ids: [undo!.id], reason: 'given up' }, at)
  return rows.moves.map(nameOf)
}
