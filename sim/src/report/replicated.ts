import type { Scenario } from '../scenario/scenario.ts'
import { studentInterval } from '../statistics/interval.ts'
import { RollingHash } from '../kernel/rolling-hash.ts'
import { combine, type Estimates } from './estimated.ts'
import type { Outcome, Totals } from './outcome.ts'

/** Several runs of one scenario taken together: what is known of it, and how well. */
export interface Replicated {
  readonly scenario: Scenario
  readonly outcomes: readonly Outcome[]
  readonly estimates: Estimates
  readonly totals: Totals
  readonly hash: string
  readonly events: number
  readonly notes: readonly string[]
}

/** Independent runs give independent values; a single one is cut into batches. `outcomes` come in the order of their seeds. */
export function together(scenario: Scenario, outcomes: readonly Outcome[]): Replicated {
  const [first] = outcomes as readonly [Outcome]
  const notes = [...new Set(outcomes.flatMap((outcome) => outcome.notes))]
  return {
    scenario,
    outcomes,
    estimates:
      outcomes.length === 1
        ? first.estimates
        : combine(
            outcomes.map(({ measured }) => measured),
            studentInterval,
          ),
    totals: addUp(outcomes.map(({ totals }) => totals)),
    hash: outcomes.length === 1 ? first.hash : hashOf(outcomes),
    events: outcomes.reduce((sum, { events }) => sum + events, 0),
    notes:
      outcomes.length === 1
        ? notes
        : notes.filter((note) => !note.includes('batches') && !note.includes('intervals')),
  }
}

function addUp(totals: readonly Totals[]): Totals {
  return totals.reduce(
    (sum, one) =>
      Object.fromEntries(
        Object.entries(sum).map(([name, value]) => [name, (value as number) + one[name as keyof Totals]]),
      ) as unknown as Totals,
  )
}

function hashOf(outcomes: readonly Outcome[]): string {
  const hash = new RollingHash()
  for (const one of outcomes)
    hash.add(one.events, 0, parseInt(one.hash.slice(0, 8), 16) | 0, parseInt(one.hash.slice(8), 16) | 0)
  return hash.digest()
}
