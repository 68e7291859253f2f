import type { Moment } from './moment.ts'
import { freshQueue, type QueueConfig } from './queue.ts'
import { promoteWaiting } from './ready.ts'
import type { Rows } from './rows.ts'

export interface ConfigureRequest {
  readonly queues: Readonly<Record<string, QueueConfig>>
}

/** Makes queues what the runtime was told they are. The newest runtime's word counts; the same word again changes nothing. */
export function configure(rows: Rows, { queues }: ConfigureRequest, at: Moment): Record<never, never> {
  for (const [name, config] of Object.entries(queues)) {
    const queue = rows.queue(name)
    if (queue === undefined) rows.putQueue(freshQueue(name, config))
    else if (JSON.stringify(queue.config) !== JSON.stringify(config)) rows.putQueue({ ...queue, config })
    if (queue === undefined) continue
    for (const key of rows.waitingKeys(name)) promoteWaiting(rows, name, key, at)
    rows.wake(name)
  }
  return {}
}

export interface PauseRequest {
  readonly queue: string
  readonly paused: boolean
}

/** Stops claims from a queue, or lets them go on. Jobs go on being accepted, and running ones end. */
export function pause(rows: Rows, { queue: name, paused }: PauseRequest, _at: Moment): Record<never, never> {
  const queue = rows.queue(name) ?? freshQueue(name)
  if (queue.paused === paused) return {}
  rows.putQueue({ ...queue, paused })
  rows.emit({ type: paused ? 'paused' : 'resumed', queue: name })
  if (!paused) rows.wake(name)
  return {}
}
