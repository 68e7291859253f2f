import { noExtras, type NewJob } from '@millrace/core'
import { Stream } from '../kernel/stream.ts'
import { sampler, type Sampler } from '../random/distribution.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { luckOf, type Luck } from './luck.ts'
import { retryPolicy } from './translate.ts'
import { microsOf, type Micros } from './virtual-time.ts'

/** A class of jobs, ready to be drawn from. Every draw is keyed by the job, so runs with one seed share the jobs they have in common. */
export interface ClassModel extends Luck {
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
      ...luckOf(jobClass, scenario.seed),
      thinkTime: (user, round) => microsOf(think?.(thinking, user, round) ?? 0),
    }
  })
}
