import type { Durations } from '../report/measured.ts'
import type { Outcome } from '../report/outcome.ts'
import { observed } from './observed.ts'
import type { Kind } from './kinds.ts'

/** One quantile of the trace beside what the simulator makes of it; seconds. */
export interface Comparison {
  readonly class: string
  readonly metric: `${'p50' | 'p95' | 'p99'}.${'wait' | 'sojourn'}`
  readonly recorded: number
  /** With the very jobs of the trace. */
  readonly replayed: number
  /** With the fitted processes and the luck of the trace. */
  readonly sameLuck: number
  /** With jobs like these: mean and standard deviation over runs as long as the trace. */
  readonly fitted: number
  readonly spread: number
  readonly verdict: Verdict
}

type Figures = Pick<Comparison, 'recorded' | 'replayed' | 'sameLuck' | 'fitted' | 'spread'>

/** `undecided`: there were too few jobs. */
export type Verdict = 'fits' | 'refused' | 'undecided'

const tolerance = 0.05
/** What a clock in milliseconds can make of a difference. */
const grain = 0.002
// Of fewer the 99 % quantile is the largest value.
const leastJobs = 100
// So many standard deviations are no chance.
const surely = 3

export function compare(
  kinds: readonly Kind[],
  replay: Outcome,
  sameLuck: Outcome,
  runs: readonly Outcome[],
): readonly Comparison[] {
  return kinds.flatMap((kind, index) => {
    const seen = observed(kind)
    return (['wait', 'sojourn'] as const).flatMap((duration) =>
      (['p50', 'p95', 'p99'] as const).map((quantile): Comparison => {
        const of = ({ measured }: Outcome): number =>
          measured.classes[index]![duration][quantile satisfies keyof Durations]
        const { mean, deviation } = momentsOf(runs.map(of))
        const figures = {
          recorded: seen[duration][quantile],
          replayed: of(replay),
          sameLuck: of(sameLuck),
          fitted: mean,
          spread: deviation,
        }
        const verdict = seen.ended < leastJobs ? 'undecided' : verdictOn(figures)
        return { class: kind.id, metric: `${quantile}.${duration}`, ...figures, verdict }
      }),
    )
  })
}

/** The fit as a whole: as good as the worst of it. */
export function verdictOf(comparisons: readonly Comparison[]): Verdict {
  for (const verdict of ['refused', 'undecided'] as const)
    if (comparisons.some((one) => one.verdict === verdict)) return verdict
  return 'fits'
}

/** Near with the same luck, so the processes are right; and with other luck no further off than chance goes, so nothing else made the trace. */
function verdictOn({ recorded, replayed, sameLuck, fitted, spread }: Figures): Verdict {
  const isChance = isNear(fitted, recorded) || Math.abs(fitted - recorded) <= surely * spread
  return isNear(replayed, recorded) && isNear(sameLuck, recorded) && isChance ? 'fits' : 'refused'
}

function isNear(value: number, recorded: number): boolean {
  return Math.abs(value - recorded) <= Math.max(grain, tolerance * recorded)
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1)
  return { mean, deviation: Math.sqrt(variance) }
}
