import type { Fault } from '@millrace/core'
import { Stream } from '../kernel/stream.ts'
import { sampler } from '../random/distribution.ts'
import type { Failure, JobClass, JobHistory } from '../scenario/scenario.ts'
import { fate } from './runs.ts'
import { microsOf, type Micros } from './virtual-time.ts'

/** What befalls the jobs of a class, drawn or remembered. */
export interface Luck {
  service(entity: number, attempt: number): number
  /** What the attempt comes to, if it runs to its end. */
  fate(entity: number, attempt: number): number
  /** What history adds to a failure: when the job came again, or that it did not. */
  afterFailure(entity: number, attempt: number): Pick<Fault, 'retryAfterMs' | 'dead'> | undefined
  /** Undefined if the job waits for ever. */
  patience(entity: number): Micros | undefined
}

export function luckOf(jobClass: JobClass, seed: number): Luck {
  const drawn: Luck = {
    service: serviceOf(jobClass, seed),
    fate: fateOf(jobClass, seed),
    afterFailure: () => undefined,
    patience: patienceOf(jobClass, seed),
  }
  return jobClass.history === undefined ? drawn : remembered(jobClass.history, drawn)
}

/** What history does not know is drawn. */
function remembered(history: readonly JobHistory[], drawn: Luck): Luck {
  const known = (entity: number, attempt: number): JobHistory['attempts'][number] | undefined =>
    history[entity]?.attempts[attempt - 1]
  return {
    service: (entity, attempt) => known(entity, attempt)?.takes ?? drawn.service(entity, attempt),
    fate: (entity, attempt) => {
      const one = known(entity, attempt)
      return one === undefined ? drawn.fate(entity, attempt) : fate[one.fate]
    },
    afterFailure: (entity, attempt) => {
      const one = known(entity, attempt)
      if (one === undefined) return undefined
      return one.again === undefined ? { dead: 'nonRetryable' } : { retryAfterMs: one.again * 1_000 }
    },
    patience: (entity) => {
      const one = history[entity]
      if (one === undefined) return drawn.patience(entity)
      return one.leaves === undefined ? undefined : Math.max(1, microsOf(one.leaves))
    },
  }
}

function serviceOf({ id, service }: JobClass, seed: number): Luck['service'] {
  const stream = new Stream(seed, `service/${id}`)
  const draw = sampler(service)
  return (entity, attempt) => draw(stream, entity, attempt - 1)
}

function fateOf({ id, failure }: JobClass, seed: number): Luck['fate'] {
  const stream = new Stream(seed, `failure/${id}`)
  if ('poison' in failure)
    return (entity) => (stream.uniform(entity, 0) < failure.poison ? fate.crashes : fate.completes)
  const chance = chanceOf(failure)
  if (chance === undefined) return () => fate.completes
  return (entity, attempt) =>
    stream.uniform(entity, attempt) < chance(attempt) ? fate.fails : fate.completes
}

function chanceOf(failure: Exclude<Failure, { poison: number }>): ((attempt: number) => number) | undefined {
  if ('p' in failure) return failure.p === 0 ? undefined : () => failure.p
  const { byAttempt } = failure
  return (attempt) => byAttempt[Math.min(attempt, byAttempt.length) - 1]!
}

function patienceOf({ id, patience }: JobClass, seed: number): Luck['patience'] {
  if (patience === 'unlimited') return () => undefined
  const stream = new Stream(seed, `patience/${id}`)
  const draw = sampler(patience)
  return (entity) => Math.max(1, microsOf(draw(stream, entity, 0)))
}
