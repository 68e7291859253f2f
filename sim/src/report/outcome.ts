import { count } from '../capacity/tally.ts'
import type { Fork } from '../capacity/fork.ts'
import type { Machine } from '../capacity/machine.ts'
import { Simulation } from '../capacity/simulation.ts'
import { Stream } from '../kernel/stream.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { measureLongRun, type LongRun } from './batches.ts'
import { widest } from './precision.ts'

/** All that a report needs of one run, as plain data: it may come from another thread. */
export interface Outcome extends LongRun {
  readonly seed: number
  readonly hash: string
  readonly checkpoints: readonly string[]
  readonly events: number
  readonly simulatedSeconds: number
  readonly totals: Totals
  readonly mostWaiting: number
  readonly mostInSystem: number
  /** By queue. */
  readonly mostWaitingIn: readonly number[]
}

export interface Totals {
  readonly jobs: number
  readonly accepted: number
  readonly rejected: number
  readonly completed: number
  readonly dead: number
  readonly expired: number
  readonly attempts: number
  readonly failures: number
  readonly timeouts: number
  /** Settlements that came too late. */
  readonly lost: number
  /** Accepted and not ended when the run was. */
  readonly unfinished: number
}

export interface RunOptions {
  readonly machine?: Machine
  /** What changes in the middle of the run. */
  readonly fork?: Fork
  /** Told now and then how many jobs have ended. */
  readonly onProgress?: (jobs: number) => void
}

/** Runs a scenario to its end, or until its intervals are as narrow as it asks. */
export function runOnce(scenario: Scenario, { machine, fork, onProgress }: RunOptions = {}): Outcome {
  const isPrecise = precisionTest(scenario)
  const simulation = new Simulation(scenario, {
    ...(machine && { machine }),
    ...(fork && { fork }),
    isEnough(running) {
      onProgress?.(running.ledger.ended)
      return isPrecise(running)
    },
  })
  simulation.run()
  const { ledger } = simulation
  return {
    ...measureLongRun(simulation),
    seed: scenario.seed,
    hash: ledger.hash.digest(),
    checkpoints: ledger.hash.checkpoints,
    events: ledger.hash.events,
    simulatedSeconds: simulation.now / 1e6,
    totals: totalsOf(simulation),
    mostWaiting: ledger.mostWaiting,
    mostInSystem: ledger.mostInSystem,
    mostWaitingIn: ledger.queues.map(({ waiting }) => waiting.most),
  }
}

/**
 * The scenario of one of `count` replications: the first has the scenario's own seed. What is to stop them all together
 * is shared out: so many jobs each, and an interval as much wider as the average of all is narrower.
 */
export function replication(scenario: Scenario, index: number, count: number): Scenario {
  const { jobs, horizon, halfWidth } = scenario.stop
  const byPrecision = halfWidth !== 'none'
  return {
    ...scenario,
    seed: index === 0 ? scenario.seed : new Stream(scenario.seed, 'replication').seed(index),
    stop: {
      horizon,
      jobs: byPrecision && jobs !== 'unlimited' ? Math.ceil(jobs / count) : jobs,
      halfWidth: byPrecision ? halfWidth * Math.sqrt(count) : 'none',
    },
  }
}

const firstTest = 50_000

/** Measures at growing distances, so that all measuring together costs little more than the last. */
function precisionTest({ stop }: Scenario): (simulation: Simulation) => boolean {
  const { halfWidth } = stop
  if (halfWidth === 'none') return () => false
  let next = firstTest
  return (simulation) => {
    const { ended } = simulation.ledger
    if (ended < next) return false
    next = 1.5 * ended
    return widest(measureLongRun(simulation).estimates) <= halfWidth
  }
}

function totalsOf({ ledger }: Simulation): Totals {
  const sum = (place: number): number => ledger.classes.reduce((all, { tally }) => all + tally[place]!, 0)
  const accepted = sum(count.accepted)
  const completed = sum(count.completed)
  const dead = sum(count.dead)
  const expired = sum(count.expired)
  return {
    jobs: sum(count.arrived),
    accepted,
    rejected: sum(count.refused),
    completed,
    dead,
    expired,
    attempts: sum(count.attempts),
    failures: sum(count.failures),
    timeouts: sum(count.timeouts),
    lost: sum(count.lost),
    unfinished: accepted - completed - dead - expired,
  }
}
