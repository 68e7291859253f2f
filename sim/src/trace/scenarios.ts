import type { TracedQueue } from '@millrace/runtime'
import { parseScenario } from '../scenario/parse.ts'
import type { AttemptHistory, JobHistory, Scenario } from '../scenario/scenario.ts'
import { fitArrivals } from './fit-arrivals.ts'
import { fitDistribution, thinned } from './fit-distribution.ts'
import { fitFailure, fitPatience } from './fit-failure.ts'
import { fitRetry } from './fit-retry.ts'
import type { Journey, Journeys, RecordedAttempt } from './journey.ts'
import type { Kind } from './kinds.ts'
import type { Trace } from './trace.ts'
import { workersOf } from './workers.ts'

const seconds = (millis: number): number => millis / 1_000

/** The same jobs with the same luck: what happens to them follows from the slots and the queues alone. */
export function replayed(trace: Trace, journeys: Journeys, kinds: readonly Kind[]): Scenario {
  const times = arrivalTimes(journeys)
  const scenario = {
    v: 1,
    name: 'replay',
    warmup: 0,
    horizon: seconds(journeys.endsAt),
    classes: kinds.map(({ id, queue, priority, journeys: own }) => ({
      id,
      queue,
      priority,
      arrivals: { kind: 'trace', times: own.map((one) => times.get(one)!) },
      service: { dist: 'deterministic', value: 0 },
      history: own.map(historyOf),
    })),
    queues: unlimited(queuesOf(trace.header.queues, kinds)),
    workers: workersOf(trace, journeys, kinds),
    retry: { maxFailures: 1_000_000, maxCrashes: 1_000_000 },
  }
  return parseScenario(scenario)
}

/** Jobs like these: what could have been the processes behind the trace. */
export function fitted(
  trace: Trace,
  journeys: Journeys,
  kinds: readonly Kind[],
  kept: 'processes' | 'values' = 'processes',
): { readonly scenario: Scenario; readonly notes: readonly string[] } {
  const { retry, notes } = fitRetry(trace)
  const endsAt = seconds(journeys.endsAt)
  const scenario = parseScenario({
    v: 1,
    name: 'calibrated',
    warmup: 0,
    horizon: endsAt,
    classes: kinds.map((kind) => {
      const { id, queue, priority, journeys: own } = kind
      const services = own.flatMap(({ attempts }) =>
        attempts.flatMap((one) => (one.fate === 'goes on' ? [] : [seconds(one.endedAt - one.startedAt)])),
      )
      const times = own.map(({ dueAt }) => seconds(dueAt))
      return {
        id,
        queue,
        priority,
        ...(kept === 'processes' ? processesOf(times, services, endsAt) : valuesOf(times, services)),
        failure: fitFailure(kind),
        patience: fitPatience(kind),
      }
    }),
    queues: queuesOf(trace.header.queues, kinds),
    workers: workersOf(trace, journeys, kinds),
    retry,
  })
  return { scenario, notes }
}

function processesOf(times: readonly number[], services: readonly number[], endsAt: number): object {
  return {
    arrivals: fitArrivals(times, endsAt),
    service: services.length === 0 ? { dist: 'deterministic', value: 0 } : fitDistribution(services),
  }
}

function valuesOf(times: readonly number[], services: readonly number[]): object {
  const sorted = Float64Array.from(services).sort()
  return {
    arrivals: { kind: 'trace', times },
    service: { dist: 'empirical', values: sorted.length === 0 ? [0] : thinned(sorted) },
  }
}

/** A microsecond apart where several kinds come in one millisecond, so that they come in the order of the trace. */
function arrivalTimes({ all }: Journeys): ReadonlyMap<Journey, number> {
  const times = new Map<Journey, number>()
  let [at, kind, step] = [-1, '', 0]
  for (const journey of all) {
    const own = `${journey.queue} ${journey.name} ${journey.priority}`
    step = journey.dueAt !== at ? 0 : own === kind ? step : Math.min(999, step + 1)
    ;[at, kind] = [journey.dueAt, own]
    times.set(journey, (journey.dueAt * 1_000 + step) / 1e6)
  }
  return times
}

function historyOf({ attempts, dueAt, endedAt, end }: Journey): JobHistory {
  const left = attempts.length === 0 && end !== undefined ? { leaves: seconds(endedAt! - dueAt) } : {}
  return { attempts: attempts.map((one, index) => attemptOf(one, attempts[index + 1])), ...left }
}

function attemptOf(
  { startedAt, endedAt, fate, again }: RecordedAttempt,
  next: RecordedAttempt | undefined,
): AttemptHistory {
  // Longer than the trace: it ends when nobody looks any more.
  if (fate === 'goes on') return { takes: seconds(endedAt - startedAt) + 1, fate: 'completes' }
  const takes = seconds(endedAt - startedAt)
  if (fate === 'completes') return { takes, fate }
  const due = next === undefined ? again : next.readyAt - endedAt
  return { takes, fate, ...(due !== undefined && { again: seconds(due) }) }
}

/** What was accepted then is accepted now. */
function unlimited(queues: ReturnType<typeof queuesOf>): ReturnType<typeof queuesOf> {
  return Object.fromEntries(
    Object.entries(queues).map(([name, queue]) => [
      name,
      { ...queue, capacity: 'unlimited', overflow: 'reject' },
    ]),
  )
}

/** Limits of queues that have jobs; `null` in a trace is no limit. */
function queuesOf(
  queues: Readonly<Record<string, TracedQueue>>,
  kinds: readonly Kind[],
): Readonly<Record<string, object>> {
  const used = Object.entries(queues).filter(([name]) => kinds.some(({ queue }) => queue === name))
  return Object.fromEntries(used.map(([name, queue]) => [name, queueOf(queue)]))
}

function queueOf(queue: TracedQueue): object {
  const { maxJobs, overflow, order, ageing, concurrency, rate } = queue
  const limit = (count: number | null): number | 'unlimited' => count ?? 'unlimited'
  return {
    capacity: limit(maxJobs),
    overflow,
    order,
    ageing: (ageing as number | null) === null ? 'strict' : seconds(ageing),
    concurrency: limit(concurrency),
    ...(rate !== undefined && { rate: { limit: rate.limit, per: seconds(rate.perMs) } }),
  }
}
