import { moves } from './trace.ts'
import { record } from './record.ts'
import { historyOf } from '../stage/history.ts'

/** A number that only the film knows, over several runs. */
export interface Estimate {
  readonly value: number
  readonly ci: readonly [number, number]
}

/** What is to be found out of a film. */
export type Measure =
  /** Seconds from the end of a cause until no more than so many wait; where the line outlasts the film, what is left of it. */
  | { readonly kind: 'recovery'; readonly endOfCause: number; readonly isGone: number }
  /** The most attempts that begin within a tenth of a second, after some time. */
  | { readonly kind: 'crowd'; readonly after: number }

type Seeded = object & { readonly seed: number }

const runs = 16
/** Of Student's distribution with 15 degrees of freedom, for 95 %. */
const student = 2.131

/** The average over sixteen seeds, with its 95 % interval. */
export function estimate(question: Seeded, measure: Measure): Estimate {
  const values = Array.from({ length: runs }, (_, run) =>
    valueOf({ ...question, seed: question.seed + 1_000 * run }, measure),
  )
  const value = values.reduce((sum, one) => sum + one, 0) / runs
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (runs - 1)
  const half = student * Math.sqrt(variance / runs)
  return { value, ci: [value - half, value + half] }
}

function valueOf(question: Seeded, measure: Measure): number {
  return measure.kind === 'recovery' ? recovery(question, measure) : crowd(question, measure.after)
}

function recovery(question: Seeded, { endOfCause, isGone }: Extract<Measure, { kind: 'recovery' }>): number {
  const { xs, waiting } = historyOf(record(question))
  const found = xs.findIndex((time, index) => time >= endOfCause && waiting[index]! <= isGone)
  return xs.at(found)! - endOfCause
}

function crowd(question: Seeded, after: number): number {
  const trace = record(question)
  const starts = moves.indexOf('starts')
  const times = trace.times.filter((time, index) => trace.moves[index] === starts && time > after)
  let most = 0
  let first = 0
  times.forEach((time, index) => {
    while (times[first]! < time - 0.1) first++
    most = Math.max(most, index - first + 1)
  })
  return most
}
