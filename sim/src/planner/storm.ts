import type { Outcome } from '../report/outcome.ts'
import { replications, type RunAll } from '../report/replications.ts'
import { momentsOf } from '../random/distribution.ts'
import type { QueueModel, Retry, Scenario } from '../scenario/scenario.ts'
import { offeredLoad, stormLoad } from './load.ts'

/** What a trigger of one length does. */
export interface Trial {
  /** How long services are ten times as slow. */
  readonly seconds: number
  /** Share of the runs that had not recovered long after it. */
  readonly stuck: number
  /** Jobs done per job that came, after the trigger: 1 when all is well. */
  readonly goodput: number
}

/** What one change makes of the trigger that brought the system down. */
export interface Mitigation extends Trial {
  readonly change: string
  readonly removes: boolean
}

export interface StormReport {
  /** Workers kept busy on average over workers: as it is, and if every attempt were used up. */
  readonly load: number | null
  readonly worstLoad: number | null
  /** `stable`: not even the longest trigger outlasts itself; `metastable`: one does. */
  readonly verdict: 'stable' | 'metastable'
  readonly because: string
  readonly trials: readonly Trial[]
  readonly mitigations: readonly Mitigation[]
}

const triggerSeconds = [5, 10, 20, 40, 80, 160]
const triggerFactor = 10
const triggerAt = 30
const runsPerTrial = 5
/** A system that gets less done than this long after a trigger has not recovered. */
const recovered = 0.9

/** Looks for the shortest slow spell that the system does not recover from, and for what would have helped. */
export async function findStorm(scenario: Scenario, runAll: RunAll): Promise<StormReport> {
  const load = share(offeredLoad(scenario), scenario)
  const worstLoad = share(stormLoad(scenario), scenario)
  const trials: Trial[] = []
  for (const seconds of triggerSeconds) {
    const trial = await attempt(scenario, seconds, runAll)
    trials.push(trial)
    if (trial.stuck > 0.5) {
      const mitigations = await mitigate(scenario, seconds, runAll)
      return { load, worstLoad, verdict: 'metastable', because: storm(trial, worstLoad), trials, mitigations }
    }
  }
  return { load, worstLoad, verdict: 'stable', because: calm(worstLoad), trials, mitigations: [] }
}

async function attempt(scenario: Scenario, seconds: number, runAll: RunAll): Promise<Trial> {
  const outcomes = await runAll(replications(withTrigger(scenario, seconds), runsPerTrial))
  const goodputs = outcomes.map(goodputOf)
  return {
    seconds,
    stuck: goodputs.filter((goodput) => goodput < recovered).length / goodputs.length,
    goodput: goodputs.reduce((sum, one) => sum + one, 0) / goodputs.length,
  }
}

/** Measured is the last third, long after a trigger that anything which recovers has recovered from. */
function withTrigger(scenario: Scenario, seconds: number): Scenario {
  const spare = Math.max(0.02, 1 - (share(offeredLoad(scenario), scenario) ?? 0.5))
  // What piled up drains with the workers to spare; thrice that time is given, and it is measured for as long again.
  const drain = Math.max(60, (3 * seconds) / spare)
  const warmup = triggerAt + seconds + drain
  return {
    ...scenario,
    faults: [{ kind: 'slow', at: triggerAt, for: seconds, factor: triggerFactor }],
    warmup,
    horizon: 'none',
    stop: { jobs: 'unlimited', horizon: warmup + drain / 2, halfWidth: 'none' },
  }
}

function goodputOf({ measured: { classes } }: Outcome): number {
  const sum = (of: 'throughput' | 'arrivalRate'): number => classes.reduce((all, one) => all + one[of], 0)
  // The refused are gone for good, and cost nothing: what is asked is whether the rest gets done.
  return sum('throughput') / Math.max(1e-9, sum('arrivalRate'))
}

async function mitigate(scenario: Scenario, seconds: number, runAll: RunAll): Promise<readonly Mitigation[]> {
  const found: Mitigation[] = []
  for (const [change, changed] of changesOf(scenario)) {
    const trial = await attempt(changed, seconds, runAll)
    found.push({ change, removes: trial.stuck === 0, ...trial })
  }
  return found
}

function changesOf(scenario: Scenario): readonly (readonly [change: string, scenario: Scenario])[] {
  const room = roomWithin(scenario)
  const retry = (change: Partial<Retry>): Scenario => ({
    ...scenario,
    retry: { ...scenario.retry, ...change },
  })
  return [
    ['two attempts at most', retry({ maxFailures: 2 })],
    ['retries at most a tenth of fresh work', retry({ budget: { ratio: 0.1, burst: 10 } })],
    [
      'exponential backoff with full jitter',
      retry({ backoff: { kind: 'exponential', base: 1, factor: 2, max: 60 }, jitter: 'full' }),
    ],
    ['handlers stop when their time is up', retry({ cancelOnTimeout: true })],
    [`queues of ${room} jobs at most`, { ...scenario, queues: bounded(scenario.queues, room) }],
  ]
}

/** As many jobs as can be begun within half of the timeout. */
function roomWithin({ classes, workers, retry }: Scenario): number {
  const seconds = retry.timeout === 'none' ? 1 : retry.timeout / 2
  const mean = Math.max(...classes.map(({ service }) => momentsOf(service).mean))
  return Math.max(1, Math.floor((workers.count * workers.concurrency * seconds) / mean))
}

function bounded(queues: Scenario['queues'], capacity: number): Scenario['queues'] {
  return Object.fromEntries(
    Object.entries(queues).map(([name, queue]) => [
      name,
      { ...queue, capacity, overflow: 'reject' } as QueueModel,
    ]),
  )
}

function share(load: number | undefined, { workers }: Scenario): number | null {
  return load === undefined ? null : load / workers.count
}

function storm({ seconds, goodput }: Trial, worst: number | null): string {
  return (
    `${seconds} s of slow services and, long after, ${Math.round(100 * goodput)} % of what comes gets done` +
    (worst === null
      ? ''
      : `: with every attempt used up there is work for ${worst.toFixed(1)} times the workers`)
  )
}

function calm(worst: number | null): string {
  return worst !== null && worst <= 1
    ? 'even with every attempt used up there are workers enough'
    : `it recovers from ${triggerSeconds.at(-1)} s of services ${triggerFactor} times as slow`
}
