import type { CommandName } from '@millrace/core'
import type { Behaviour, JobName } from './catalogue.ts'
import { jobNames, keys } from './catalogue.ts'
import { deedNames, faultNames, type DeedName } from './deed-names.ts'
import { Draws } from './draws.ts'

/** One thing that is done to a world: work for it, or a fault. */
export interface Step {
  /** Milliseconds since the beginning. */
  readonly at: number
  readonly do: DeedName
  /** The process it befalls. */
  readonly on: number
  /** How long, where it takes time. */
  readonly ms: number
  /** How many, where there are several. */
  readonly count: number
  readonly job: JobName
  readonly key: string
  readonly command: CommandName
}

/** All that a run follows from: two runs of one plan are the same to the last event. */
export interface WorldPlan {
  readonly v: 1
  readonly seed: number
  /** `single`: a process that owns its log; `tabs`: several that share one; `server`: several and a store behind a network. */
  readonly world: 'single' | 'tabs' | 'server'
  readonly processes: number
  readonly concurrency: number
  readonly prefetch: number
  readonly overflow: 'reject' | 'wait' | 'shedOldest' | 'shedLowest'
  readonly latencyMs: number
  /** 0 for none: then nothing but being told wakes a worker. */
  readonly pollMs: number
  /** What handlers may do wrong. */
  readonly behaviours: readonly Behaviour[]
  readonly steps: readonly Step[]
}

export const leaseMs = 3_000
export const graceMs = 1_000
/** Faults begin within this time. */
export const safetyMs = 30_000

export const behaviours: readonly Behaviour[] = [
  'throw',
  'throwAfterEffect',
  'hang',
  'deaf',
  'poison',
  'snooze',
  'retryAfter',
  'nonRetryable',
  'child',
]
export const commands: readonly CommandName[] = [
  'enqueue',
  'claim',
  'settle',
  'renew',
  'note',
  'reap',
  'fire',
]

/** The world of a seed. Each has only some of the faults (swarm testing: Groce et al., ISSTA 2012), so that they do not hide each other. */
export function planOf(seed: number, steps: number): WorldPlan {
  const draws = new Draws(seed, 'world')
  const world = draws.pick(['single', 'tabs', 'server'] as const)
  const faults = faultNames.filter(() => draws.chance(0.35))
  const deeds = deedNames.filter(() => draws.chance(0.7))
  const tellsAll = !faults.includes('lostWakes')
  return {
    v: 1,
    seed,
    world,
    processes: world === 'single' ? 1 : draws.whole(2, 3),
    concurrency: draws.whole(1, 4),
    prefetch: draws.chance(0.3) ? draws.whole(1, 3) : 0,
    overflow: draws.pick(['reject', 'wait', 'shedOldest', 'shedLowest']),
    latencyMs: world === 'server' ? draws.whole(1, 40) : 0,
    pollMs: world === 'tabs' || !tellsAll ? 1_000 : 0,
    behaviours: behaviours.filter(() => draws.chance(0.4)),
    steps: Array.from({ length: steps }, () => stepOf(draws, ['enqueue', ...deeds], faults)).sort(
      (a, b) => a.at - b.at,
    ),
  }
}

function stepOf(draws: Draws, deeds: readonly DeedName[], faults: readonly DeedName[]): Step {
  const kinds = faults.length > 0 && draws.chance(0.4) ? faults : deeds
  return {
    at: draws.whole(0, safetyMs),
    do: draws.pick(kinds),
    on: draws.whole(0, 2),
    ms: draws.pick([50, 400, 1_500, 4_000, 9_000]),
    count: draws.whole(1, 4),
    job: draws.pick(jobNames),
    key: draws.pick(keys),
    command: draws.pick(commands),
  }
}
