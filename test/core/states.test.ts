import { isTerminal, legalMoves, states, type State } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameOf, perform, randomRun } from './deeds.ts'

describe('the table of legal moves', () => {
  const legal = Object.entries(legalMoves).flatMap(([from, list]) => list.map((to) => `${from} → ${to}`))

  it('is exactly what random deeds bring about', { timeout: 60_000 }, () => {
    const seen = new Set<string>()
    for (const run of fc.sample(randomRun, { seed: 42, numRuns: 1_500 }))
      perform(run, ({ moves }) => {
        for (const move of moves) seen.add(nameOf(move))
      })
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
