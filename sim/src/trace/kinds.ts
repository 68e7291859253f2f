import { MillraceError } from '@millrace/core'
import type { Journey, Journeys } from './journey.ts'

/** Jobs that become one class of the scenario: of one name, queue and priority. */
export interface Kind {
  readonly id: string
  readonly queue: string
  readonly name: string
  readonly priority: number
  /** In order of arrival. */
  readonly journeys: readonly Journey[]
}

const mostClasses = 100

export function kindsOf({ all }: Journeys): readonly Kind[] {
  const groups = new Map<string, Journey[]>()
  for (const journey of all) {
    const { queue, name, priority } = journey
    const place = JSON.stringify([name, queue, priority])
    const group = groups.get(place)
    if (group === undefined) groups.set(place, [journey])
    else group.push(journey)
  }
  if (groups.size === 0)
    throw new MillraceError(
      'BAD_ARGUMENT',
      'the trace has no arrivals: record for longer, while jobs are enqueued',
    )
  if (groups.size > mostClasses)
    throw new MillraceError(
      'BAD_ARGUMENT',
      `the trace has ${groups.size} kinds of jobs by name, queue and priority, and a scenario holds ${mostClasses}`,
    )
  const kinds = [...groups.values()].map((journeys) => ({ ...placeOf(journeys[0]!), journeys }))
  return kinds.map((kind, index) => ({ ...kind, id: idOf(kind, kinds, index) }))
}

type Place = Pick<Journey, 'queue' | 'name' | 'priority'>

function placeOf({ queue, name, priority }: Journey): Place {
  return { queue, name, priority }
}

/** Its name, with queue and priority where they are needed to tell it from others. */
function idOf({ queue, name, priority }: Place, kinds: readonly Place[], index: number): string {
  const same = kinds.filter((one) => one.name === name)
  const inQueue = same.filter((one) => one.queue === queue)
  const id = `${name}${inQueue.length < same.length ? `@${queue}` : ''}${inQueue.length > 1 ? `:${priority}` : ''}`
  return id.length <= 128 ? id : `${id.slice(0, 120)}.${index}`
}
