import { settled } from '../report/pilot.ts'
import { relative } from '../report/precision.ts'
import { together, type Replicated } from '../report/replicated.ts'
import { replications, type RunAll } from '../report/replications.ts'
import { parseScenario } from '../scenario/parse.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Interval } from '../statistics/interval.ts'
import { studentQuantile } from '../statistics/student.ts'
import { measuredAs } from './names.ts'

/** A scenario and what is exactly known of it. */
export interface OracleCase {
  readonly id: string
  readonly model: string
  readonly scenario: object
  readonly expect: Readonly<Record<string, number>>
}

/** One exact value beside the simulated one. */
export interface Verdict {
  readonly id: string
  readonly metric: string
  readonly exact: number
  readonly found: number
  /** Signed error in per cent of the exact value. */
  readonly errorPercent: number
  /** Half of the 95 % interval, in per cent of the exact value. */
  readonly halfWidthPercent: number
  /** The error in standard errors. */
  readonly z: number
  readonly jobs: number
  readonly passed: boolean
}

export interface Strictness {
  /** Relative half-width to reach: for means, and for 99 % quantiles. */
  readonly halfWidth: number
  readonly halfWidthP99: number
  readonly replications: number
  /** Jobs of each replication in the first round, and at most in the last. */
  readonly jobs: number
  readonly mostJobs: number
}

export const strict: Strictness = {
  halfWidth: 0.01,
  halfWidthP99: 0.02,
  replications: 40,
  jobs: 50_000,
  mostJobs: 4_000_000,
}

const mostZ = 4
// A share as small as this is not measured to a per cent of itself, but to this.
const smallShare = 0.01
const absoluteHalfWidth = 1e-4
// Below this nothing is ever seen of it.
const neverSeen = 1e-9

/** Runs a case until its intervals are narrow enough, and compares. */
export async function judge(
  one: OracleCase,
  strictness: Strictness,
  runAll: RunAll,
): Promise<readonly Verdict[]> {
  let jobs = strictness.jobs
  const warm = await settled(parseScenario(one.scenario), jobs, runAll)
  for (;;) {
    const scenario = { ...warm, stop: { jobs, horizon: 'none', halfWidth: 'none' } } as Scenario
    const outcomes = await runAll(replications(scenario, strictness.replications))
    const verdicts = compare(one, together(scenario, outcomes), strictness)
    const lacking = Math.max(...verdicts.map((verdict) => lack(verdict, strictness)))
    if (lacking <= 1 || jobs >= strictness.mostJobs) return verdicts
    jobs = Math.min(strictness.mostJobs, Math.ceil(jobs * Math.max(1.3, 1.2 * lacking ** 2)))
  }
}

function compare({ id, expect }: OracleCase, result: Replicated, strictness: Strictness): readonly Verdict[] {
  return Object.entries(expect).flatMap(([metric, exact]) => {
    const estimate = measuredAs[metric]?.(result.estimates)
    return estimate === undefined
      ? []
      : [verdictOn(id, metric, exact, estimate, result.totals.jobs, strictness)]
  })
}

function verdictOn(
  id: string,
  metric: string,
  exact: number,
  estimate: Interval,
  jobs: number,
  strictness: Strictness,
): Verdict {
  const error = estimate.mean - exact
  const standardError = estimate.halfWidth / studentQuantile(0.95, estimate.values - 1)
  const verdict = {
    id,
    metric,
    exact,
    found: estimate.mean,
    errorPercent: (100 * error) / exact,
    halfWidthPercent: (100 * estimate.halfWidth) / exact,
    z: error === 0 || exact < neverSeen ? 0 : error / standardError,
    jobs,
    passed: false,
  }
  return { ...verdict, passed: Math.abs(verdict.z) <= mostZ && lack(verdict, strictness) <= 1 }
}

/** How many times too wide the interval is. */
function lack({ metric, exact, halfWidthPercent }: Verdict, strictness: Strictness): number {
  if (exact < neverSeen) return 0
  const halfWidth = (halfWidthPercent / 100) * exact
  const wanted = metric.startsWith('p99') ? strictness.halfWidthP99 : strictness.halfWidth
  if (exact < smallShare && isShare(metric)) return halfWidth / Math.max(absoluteHalfWidth, wanted * exact)
  return relative({ mean: exact, halfWidth, values: 0 }) / wanted
}

function isShare(metric: string): boolean {
  return ['p0', 'C', 'P_wait', 'pK', 'B', 'P_ab', 'pDLQ'].includes(metric)
}
