import type { Interval } from '../statistics/interval.ts'
import type { Objective, Scenario } from '../scenario/scenario.ts'
import { theoryOf } from '../theory/applicable.ts'
import type { Theory } from '../theory/theory.ts'
import type { Estimated } from './estimated.ts'
import type { ClassMeasured, Durations, QueueMeasured } from './measured.ts'
import type { Replicated } from './replicated.ts'
import { trailOf, type Trail } from './trail.ts'

/** Lower and upper end of a 95 % interval; null while there is not enough data for one. */
export type Ends = readonly [number, number] | null

export interface DurationReport extends Durations {
  readonly ci: Ends
  readonly p50ci: Ends
  readonly p95ci: Ends
  readonly p99ci: Ends
}

export interface LevelReport {
  readonly mean: number
  readonly max: number
  readonly ci: Ends
}

export interface ClassReport {
  readonly wait: DurationReport
  readonly sojourn: DurationReport
  readonly throughput: number
  readonly throughputCi: Ends
  /** The other measured values with their intervals. */
  readonly shares: Readonly<Record<string, { readonly value: number; readonly ci: Ends }>>
}

export interface ObjectiveReport extends Objective {
  readonly value: number
  readonly ci: Ends
  /** `undecided`: the interval holds the bound, or there is none. */
  readonly met: 'yes' | 'no' | 'undecided'
}

/** A run's answer, as plain data. Times in seconds; all but the counts and the largest values leave out the warm-up. */
export interface Report {
  /** The whole question, so that the answer can be had again. */
  readonly scenario: Scenario
  readonly seed: number
  readonly replications: number
  readonly hash: string
  /** Each run with its checkpoints: a replay that differs says where. */
  readonly runs: readonly Trail[]
  readonly jobs: number
  readonly events: number
  readonly simulatedSeconds: number
  readonly warmupSeconds: number
  readonly wallSeconds: number
  readonly jobsPerSecond: number
  readonly accepted: number
  readonly rejected: number
  readonly completed: number
  readonly dead: number
  readonly expired: number
  readonly unfinished: number
  readonly attempts: number
  readonly failures: number
  readonly timeouts: number
  readonly lost: number
  readonly utilization: number
  readonly utilizationCi: Ends
  /** Share of the time with nobody in the system. */
  readonly empty: number
  readonly depth: LevelReport
  readonly system: LevelReport
  readonly backoff: { readonly mean: number; readonly ci: Ends }
  readonly classes: Readonly<Record<string, ClassReport>>
  readonly queues: Readonly<
    Record<string, { readonly depth: LevelReport; readonly system: number; readonly backoff: number }>
  >
  readonly slo: readonly ObjectiveReport[]
  /** Exact values for the same scenario, where theory has them. */
  readonly theory: Theory | null
  /** What a reader of the figures must know. */
  readonly notes: readonly string[]
}

export function reportOn(result: Replicated, wallSeconds: number): Report {
  const { scenario, outcomes, estimates, totals } = result
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
  const names = Object.keys(scenario.queues)
  return {
    scenario,
    seed: scenario.seed,
    replications: outcomes.length,
    hash: result.hash,
    runs: outcomes.map((outcome) => trailOf(outcome)),
    jobs: totals.jobs,
    events: result.events,
    simulatedSeconds: outcomes.reduce((sum, one) => sum + one.simulatedSeconds, 0),
    warmupSeconds: outcomes.reduce((sum, one) => sum + one.warmupSeconds, 0),
    wallSeconds,
    jobsPerSecond: totals.jobs / wallSeconds,
    accepted: totals.accepted,
    rejected: totals.rejected,
    completed: totals.completed,
    dead: totals.dead,
    expired: totals.expired,
    unfinished: totals.unfinished,
    attempts: totals.attempts,
    failures: totals.failures,
    timeouts: totals.timeouts,
    lost: totals.lost,
    utilization: estimates.utilization.mean,
    utilizationCi: ends(estimates.utilization),
    empty: estimates.empty.mean,
    depth: level(estimates.depth, most(outcomes.map(({ mostWaiting }) => mostWaiting))),
    system: level(estimates.system, most(outcomes.map(({ mostInSystem }) => mostInSystem))),
    backoff: { mean: estimates.backoff.mean, ci: ends(estimates.backoff) },
    classes: Object.fromEntries(
      scenario.classes.map(({ id }, index) => [id, classReport(estimates.classes[index]!)]),
    ),
    queues: Object.fromEntries(
      names.map((name, queue) => {
        const mostWaiting = most(outcomes.map(({ mostWaitingIn }) => mostWaitingIn[queue]!))
        return [name, queueReport(estimates.queues[queue]!, mostWaiting)]
      }),
    ),
    slo: scenario.slo.map((objective) => objectiveReport(objective, result)),
    theory: theoryOf(scenario) ?? null,
    notes: result.notes,
  }
}

export function ends({ mean, halfWidth }: Interval): Ends {
  return Number.isFinite(halfWidth) ? [mean - halfWidth, mean + halfWidth] : null
}

function level(estimate: Interval, max: number): LevelReport {
  return { mean: estimate.mean, max, ci: ends(estimate) }
}

function queueReport(
  { depth, system, backoff }: Estimated<QueueMeasured>,
  mostWaiting: number,
): Report['queues'][string] {
  return { depth: level(depth, mostWaiting), system: system.mean, backoff: backoff.mean }
}

function classReport({ wait, sojourn, throughput, ...shares }: Estimated<ClassMeasured>): ClassReport {
  return {
    wait: durationReport(wait),
    sojourn: durationReport(sojourn),
    throughput: throughput.mean,
    throughputCi: ends(throughput),
    shares: Object.fromEntries(
      Object.entries(shares).map(([name, estimate]) => [name, { value: estimate.mean, ci: ends(estimate) }]),
    ),
  }
}

function durationReport({ mean, p50, p95, p99 }: Estimated<Durations>): DurationReport {
  return {
    mean: mean.mean,
    p50: p50.mean,
    p95: p95.mean,
    p99: p99.mean,
    ci: ends(mean),
    p50ci: ends(p50),
    p95ci: ends(p95),
    p99ci: ends(p99),
  }
}

function objectiveReport(objective: Objective, result: Replicated): ObjectiveReport {
  const estimate = estimateOf(objective, result)
  const ci = ends(estimate)
  const met =
    ci === null ? 'undecided' : ci[1] < objective.lt ? 'yes' : ci[0] >= objective.lt ? 'no' : 'undecided'
  return { ...objective, value: estimate.mean, ci, met }
}

/** The estimate an objective speaks of: of its class, or of the class that is worst off. */
export function estimateOf(
  objective: Pick<Objective, 'metric' | 'class'>,
  { scenario, estimates }: Pick<Replicated, 'scenario' | 'estimates'>,
): Interval {
  const [statistic, duration] = objective.metric.split('.') as [keyof Durations, 'wait' | 'sojourn']
  const candidates = estimates.classes
    .filter((_, index) => objective.class === undefined || scenario.classes[index]!.id === objective.class)
    .map((one) => one[duration][statistic])
  return candidates.reduce((worst, one) => (one.mean > worst.mean ? one : worst))
}
