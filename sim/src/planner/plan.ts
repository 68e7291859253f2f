import type { RunAll } from '../report/replications.ts'
import type { Ends } from '../report/report.ts'
import type { Objective, Scenario } from '../scenario/scenario.ts'
import { momentsOf } from '../random/distribution.ts'
import { offeredLoad, stormLoad, arrivalRate } from './load.ts'
import { scaledArrivals, scaledServices } from './scaled.ts'
import { patient, simulationProbe, theoryProbe, withWorkers, type Patience, type Probe } from './probe.ts'

export interface PlanOptions {
  readonly runAll: RunAll
  readonly patience?: Patience
  /** `simulation` leaves theory aside even where it is exact. */
  readonly basis?: 'any' | 'simulation'
  readonly onProbe?: (probe: Probe) => void
}

/** How many workers an objective takes, and how that is known. */
export interface Plan {
  readonly feasible: boolean
  /** The fewest workers that meet the objective; null if no number does, or none could be decided. */
  readonly workers: number | null
  /** The most workers known not to. */
  readonly infeasibleBelow: number | null
  readonly metric: string
  readonly objective: Objective
  /** Of the metric with that many workers. */
  readonly interval: Ends
  readonly value: number | null
  readonly because: string
  /** False if runs within the budget could not tell some numbers of workers from others. */
  readonly decided: boolean
  /** Average share of the workers' time in use. */
  readonly utilization: number | null
  readonly workerHoursPerMillionJobs: number | null
  readonly sensitivity: readonly Sensitivity[]
  readonly notes: readonly string[]
  readonly certificate: Certificate
}

/** What the metric becomes if the world is a little different. */
export interface Sensitivity {
  readonly change: string
  readonly value: number
  readonly interval: Ends
  readonly met: boolean
}

/** Everything needed to check the answer: run the probes again and compare the hashes. */
export interface Certificate {
  readonly seed: number
  readonly probes: readonly Probe[]
  /** Where theory decided: what the simulator says of the answer and of its neighbour below. */
  readonly confirmations: readonly Probe[]
  readonly confidence: number
  readonly patience: Patience
}

const mostWorkers = 100_000

/** Finds the fewest workers that meet the objective, assuming that more never do worse. */
export async function plan(scenario: Scenario, objective: Objective, options: PlanOptions): Promise<Plan> {
  const search = new Search(scenario, objective, options)
  const lowest = Math.max(1, Math.floor(offeredLoad(scenario) ?? 0))
  const enough = await search.atEase(lowest)
  if (enough.verdict === 'infeasible') return search.impossible(enough)
  const [below, above] = await search.around(startOf(scenario, lowest))
  return search.answer(below, above)
}

/** Square-root staffing: load plus one and a half times its root. */
function startOf(scenario: Scenario, lowest: number): number {
  const load = offeredLoad(scenario) ?? lowest
  return Math.max(lowest, Math.ceil(load + 1.5 * Math.sqrt(load)))
}

class Search {
  readonly #scenario: Scenario
  readonly #objective: Objective
  readonly #options: PlanOptions
  readonly #patience: Patience
  readonly #probes = new Map<number, Probe>()

  constructor(scenario: Scenario, objective: Objective, options: PlanOptions) {
    this.#scenario = scenario
    this.#objective = objective
    this.#options = options
    this.#patience = options.patience ?? patient
  }

  /** With so many workers that hardly anybody waits: what is too slow now is too slow with any. */
  atEase(lowest: number): Promise<Probe> {
    return this.#probe(Math.min(mostWorkers, Math.ceil(lowest + 10 * Math.sqrt(lowest) + 20)))
  }

  /** The most workers that do not meet the objective, and the fewest known to: neighbours, unless some could not be decided. */
  async around(start: number): Promise<readonly [below: number, above: number]> {
    let above = await this.#firstFeasible(start)
    let below = await this.#lastInfeasible(above)
    while (above - below > 1) {
      const middle = Math.floor((below + above) / 2)
      const { verdict } = await this.#probe(middle)
      if (verdict === 'feasible') above = middle
      else if (verdict === 'infeasible') below = middle
      else return this.#aroundUndecided(below, middle, above)
    }
    return [below, above]
  }

  impossible(probe: Probe): Plan {
    const service = Math.max(...this.#scenario.classes.map(({ service: one }) => momentsOf(one).mean))
    const because =
      `infeasible with any number of workers: with ${probe.workers}, where hardly any job waits, ` +
      `${this.#objective.metric} is ${probe.value.toPrecision(4)} s; service alone (mean ${service.toPrecision(4)} s) takes longer than ${this.#objective.lt} s allows`
    return {
      ...this.#frame(),
      feasible: false,
      interval: probe.interval,
      value: probe.value,
      because,
      infeasibleBelow: probe.workers,
    }
  }

  async answer(below: number, above: number): Promise<Plan> {
    const known = this.#probes.get(above)
    if (known?.verdict !== 'feasible')
      return {
        ...this.#frame(),
        decided: false,
        because: `not enough data: no number of workers up to ${above} could be shown to meet it`,
        infeasibleBelow: below === 0 ? null : below,
      }
    const decided = above - below === 1
    const confirmations = await this.#confirm([below, above])
    const seen = confirmations.find(({ workers }) => workers === above) ?? known
    const load = offeredLoad(this.#scenario)
    const rate = this.#scenario.classes.reduce<number | undefined>((sum, one) => {
      const own = arrivalRate(one)
      return sum === undefined || own === undefined ? undefined : sum + own
    }, 0)
    return {
      ...this.#frame(),
      feasible: true,
      workers: above,
      infeasibleBelow: below === 0 ? null : below,
      interval: seen.interval,
      value: known.value,
      decided,
      because: decided
        ? `${above} workers meet it, ${below === 0 ? 'and there is no fewer' : `${below} do not`}`
        : `not enough data between ${below + 1} and ${above - 1} workers: their intervals hold the bound`,
      utilization: load === undefined ? null : load / above,
      workerHoursPerMillionJobs: rate === undefined ? null : (above / rate / 3_600) * 1e6,
      sensitivity: await this.#sensitivity(above),
      notes: [...notesOn(this.#scenario), ...contradictions(confirmations, this.#probes)],
      certificate: { ...this.#certificate(), confirmations },
    }
  }

  async #firstFeasible(start: number): Promise<number> {
    let step = 1
    for (let count = start; ; count = Math.min(mostWorkers, count + step), step *= 2) {
      const { verdict } = await this.#probe(count)
      if (verdict === 'feasible' || count === mostWorkers) return count
    }
  }

  /** 0 if even one worker is enough. */
  async #lastInfeasible(above: number): Promise<number> {
    const known = [...this.#probes.values()].filter(
      ({ verdict, workers }) => verdict === 'infeasible' && workers < above,
    )
    let best = Math.max(0, ...known.map(({ workers }) => workers))
    let step = 1
    for (let count = above - 1; count > best; count -= step, step *= 2) {
      const { verdict } = await this.#probe(count)
      if (verdict === 'infeasible') best = count
    }
    return best
  }

  async #aroundUndecided(below: number, middle: number, above: number): Promise<readonly [number, number]> {
    let low = below
    let high = above
    for (let count = middle - 1; count > low; count--)
      if ((await this.#probe(count)).verdict === 'infeasible') low = count
    for (let count = middle + 1; count < high; count++)
      if ((await this.#probe(count)).verdict === 'feasible') high = count
    return [low, high]
  }

  async #probe(count: number): Promise<Probe> {
    const known = this.#probes.get(count)
    if (known) return known
    const probe = await this.#ask(withWorkers(this.#scenario, count))
    this.#probes.set(count, probe)
    this.#options.onProbe?.(probe)
    return probe
  }

  #ask(scenario: Scenario): Promise<Probe> {
    const exact = this.#options.basis === 'simulation' ? undefined : theoryProbe(scenario, this.#objective)
    return exact
      ? Promise.resolve(exact)
      : simulationProbe(scenario, this.#objective, this.#patience, this.#options.runAll)
  }

  async #sensitivity(count: number): Promise<readonly Sensitivity[]> {
    const chosen = withWorkers(this.#scenario, count)
    const changes: readonly (readonly [string, Scenario])[] = [
      ['arrivals +10 %', scaledArrivals(chosen, 1.1)],
      ['services +10 %', scaledServices(chosen, 1.1)],
      ...(count > 1 ? [['one worker down', withWorkers(chosen, count - 1)] as const] : []),
    ]
    const results: Sensitivity[] = []
    for (const [change, scenario] of changes) {
      const { value, interval } = await this.#ask(scenario)
      results.push({ change, value, interval, met: value < this.#objective.lt })
    }
    return results
  }

  /** Theory is believed, and still looked at. */
  async #confirm(counts: readonly number[]): Promise<readonly Probe[]> {
    const confirmations: Probe[] = []
    for (const count of counts) {
      if (this.#probes.get(count)?.basis !== 'theory') continue
      const scenario = withWorkers(this.#scenario, count)
      const once = { ...this.#patience, jobs: 2 * this.#patience.jobs, mostJobs: 0 }
      confirmations.push(await simulationProbe(scenario, this.#objective, once, this.#options.runAll))
    }
    return confirmations
  }

  #certificate(): Certificate {
    return {
      seed: this.#scenario.seed,
      probes: [...this.#probes.values()].sort((a, b) => a.workers - b.workers),
      confirmations: [],
      confidence: this.#patience.confidence,
      patience: this.#patience,
    }
  }

  #frame(): Plan {
    return {
      feasible: false,
      workers: null,
      infeasibleBelow: null,
      metric: this.#objective.metric,
      objective: this.#objective,
      interval: null,
      value: null,
      because: '',
      decided: true,
      utilization: null,
      workerHoursPerMillionJobs: null,
      sensitivity: [],
      notes: notesOn(this.#scenario),
      certificate: this.#certificate(),
    }
  }
}

function notesOn(scenario: Scenario): readonly string[] {
  const { classes, retry } = scenario
  const isFailing =
    classes.some(({ failure }) => !('p' in failure) || failure.p > 0) || retry.timeout !== 'none'
  const storm = isFailing ? stormLoad(scenario) : undefined
  if (storm === undefined) return []
  return [
    `if every attempt failed, retries would keep ${storm.toPrecision(3)} workers busy: with fewer, a storm of retries can outlast its cause`,
  ]
}

/** The simulator's word against theory's: one of them would be wrong. */
function contradictions(
  confirmations: readonly Probe[],
  probes: ReadonlyMap<number, Probe>,
): readonly string[] {
  return confirmations.flatMap(({ workers, interval }) => {
    const exact = probes.get(workers)!.value
    if (interval === null || !Number.isFinite(exact) || (interval[0] <= exact && exact <= interval[1]))
      return []
    return [`with ${workers} workers the simulated interval misses the exact ${exact.toPrecision(4)} s`]
  })
}
