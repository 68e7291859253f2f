import { noExtras, type NewJob } from '@millrace/core'
import { Stream } from '../kernel/stream.ts'
import { sampler, type Sampler } from '../random/distribution.ts'
import type { Failure, JobClass, Scenario } from '../scenario/scenario.ts'
import { fate } from './runs.ts'
import { retryPolicy } from './translate.ts'
import { microsOf, type Micros } from './virtual-time.ts'

/** A class of jobs, ready to be drawn from. Every draw is keyed by the job, so runs with one seed share the jobs they have in common. */
export interface ClassModel {
  readonly index: number
  readonly queue: number
  /** Filled in for each job, and handed to the core, which copies it. */
  readonly job: { -readonly [Name in keyof NewJob]: NewJob[Name] }
  /** The key under which a fair queue knows the class. */
  readonly isKeyed: boolean
  readonly think: Sampler | undefined
  readonly users: number
  /** Jobs so far: the next one's number. */
  made: number
  service(entity: number, attempt: number): number
  /** What the attempt comes to, if it runs to its end. */
  fate(entity: number, attempt: number): number
  /** Undefined if the job waits for ever. */
  patience(entity: number): Micros | undefined
  thinkTime(user: number, round: number): Micros
}

export function classModels(scenario: Scenario): ClassModel[] {
  const retry = retryPolicy(scenario.retry)
  const queues = Object.keys(scenario.queues)
  return scenario.classes.map((jobClass, index) => {
    const { arrivals } = jobClass
    const isKeyed = scenario.queues[jobClass.queue]!.order === 'fair'
    const closed = arrivals.kind === 'closed' ? arrivals : undefined
    const think = closed && sampler(closed.think)
    const thinking = new Stream(scenario.seed, `think/${jobClass.id}`)
    return {
      index,
      queue: queues.indexOf(jobClass.queue),
      job: {
        id: '',
        queue: jobClass.queue,
        name: jobClass.id,
        version: 1,
        payload: '',
        bytes: 0,
        priority: jobClass.priority,
        runAt: 0,
        retry,
        timeoutMs: 0,
        extras: isKeyed ? { key: jobClass.id } : noExtras,
      },
      isKeyed,
      think,
      users: closed?.users ?? 0,
      made: 0,
      service: serviceOf(jobClass, scenario.seed),
      fate: fateOf(jobClass, scenario.seed),
      patience: patienceOf(jobClass, scenario.seed),
      thinkTime: (user, round) => microsOf(think?.(thinking, user, round) ?? 0),
    }
  })
}

function serviceOf({ id, service }: JobClass, seed: number): ClassModel['service'] {
  const stream = new Stream(seed, `service/${id}`)
  const draw = sampler(service)
  return (entity, attempt) => draw(stream, entity, attempt - 1)
}

function fateOf({ id, failure }: JobClass, seed: number): ClassModel['fate'] {
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

function patienceOf({ id, patience }: JobClass, seed: number): ClassModel['patience'] {
  if (patience === 'unlimited') return () => undefined
  const stream = new Stream(seed, `patience/${id}`)
  const draw = sampler(patience)
  return (entity) => Math.max(1, microsOf(draw(stream, entity, 0)))
}
