import type { TraceLine } from '@millrace/runtime'
import type { Journeys } from './journey.ts'
import type { Kind } from './kinds.ts'
import type { Trace } from './trace.ts'

type Crew = Extract<TraceLine, { event: 'worker' }>

/** The workers of the trace; where others shared its store, as many slots as were ever in use. */
export function workersOf({ lines }: Trace, { slots }: Journeys, kinds: readonly Kind[]): object {
  const crews = lines.filter((line) => line.event === 'worker')
  const queues = [...new Set(kinds.map(({ queue }) => queue))]
  const known = crews.reduce((sum, { concurrency }) => sum + concurrency, 0)
  const [first] = crews
  if (first === undefined || known < slots)
    return { count: Math.max(1, slots), weights: weightsOf(first, queues) }
  const isAlike = crews.every(({ concurrency }) => concurrency === first.concurrency)
  const size = (crew: Crew): number => (isAlike ? 1 : crew.concurrency)
  const alone = crews.filter((crew) => servedOf(crew, queues).length === 1 && queues.length > 1)
  const others = crews.filter((crew) => !alone.includes(crew))
  const dedicated: Record<string, number> = {}
  for (const crew of alone) {
    const [queue] = servedOf(crew, queues) as [string]
    dedicated[queue] = (dedicated[queue] ?? 0) + size(crew)
  }
  return {
    count: others.reduce((sum, crew) => sum + size(crew), 0),
    concurrency: isAlike ? first.concurrency : 1,
    weights: weightsOf(others[0], queues),
    dedicated,
  }
}

function servedOf({ queues }: Crew, used: readonly string[]): readonly string[] {
  return used.filter((queue) => Object.hasOwn(queues, queue))
}

function weightsOf(crew: Crew | undefined, used: readonly string[]): Readonly<Record<string, number>> {
  if (crew === undefined) return {}
  return Object.fromEntries(servedOf(crew, used).map((queue) => [queue, crew.queues[queue]!]))
}
