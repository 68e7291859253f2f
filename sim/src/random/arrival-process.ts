import { ln } from '../kernel/elementary.ts'
import { Stream } from '../kernel/stream.ts'
import type { Arrivals } from '../scenario/scenario.ts'

/** Microseconds, unrounded: rounding each gap would bias the rate, so only the event's time is rounded. */
type ExactMicros = number

/** Arrivals that ask nothing of the system: all but closed ones, whose users wait for their jobs. */
export interface ArrivalProcess {
  /** Jobs that come at each arrival. */
  readonly size: number
  /** The time of the next arrival; `Infinity` once there are no more. */
  next(): ExactMicros
}

export type OpenArrivals = Exclude<Arrivals, { kind: 'closed' }>

const micros = 1_000_000

/** Where a process goes on that takes the place of another. */
export interface From {
  readonly time: ExactMicros
  /** Draws used up. */
  readonly drawn: number
}

const beginning: From = { time: 0, drawn: 0 }

export function arrivalProcess(
  arrivals: OpenArrivals,
  seed: number,
  name: string,
  from: From = beginning,
): ArrivalProcess {
  const stream = new Stream(seed, `arrivals/${name}`)
  switch (arrivals.kind) {
    case 'poisson':
      return { size: 1, next: poisson(stream, arrivals.rate, from) }
    case 'batch':
      return { size: arrivals.size, next: poisson(stream, arrivals.rate, from) }
    case 'deterministic': {
      let count = 0
      return { size: 1, next: () => from.time + ++count * arrivals.every * micros }
    }
    case 'mmpp':
      return { size: 1, next: mmpp(stream, new Stream(seed, `switch/${name}`), arrivals, from) }
    case 'piecewise':
      return { size: 1, next: piecewise(stream, arrivals.points, from) }
    case 'trace': {
      let index = from === beginning ? 0 : arrivals.times.filter((time) => time * micros <= from.time).length
      return { size: 1, next: () => (arrivals.times[index++] ?? Infinity) * micros }
    }
  }
}

function poisson(stream: Stream, rate: number, from: From): () => ExactMicros {
  const mean = micros / rate
  let time = from.time
  let count = from.drawn
  return () => (time -= mean * ln(stream.uniform(count++, 0)))
}

/** Within a state arrivals are Poisson; a change of state starts the wait anew, which the exponential does not notice. */
function mmpp(
  stream: Stream,
  switching: Stream,
  { rates, switch: leaving }: Extract<Arrivals, { kind: 'mmpp' }>,
  from: From,
): () => ExactMicros {
  let state = stationaryState(leaving, switching.uniform(0, 1))
  let changes = 0
  let time = from.time
  let count = from.drawn
  const stay = (): number => (-micros / leaving[state]!) * ln(switching.uniform(changes++, 0))
  let stateEnds = time + stay()
  return () => {
    const arrival = count++
    for (let tries = 0; ; tries++) {
      const at = time - (micros / rates[state]!) * ln(stream.uniform(arrival, tries))
      if (at <= stateEnds) return (time = at)
      time = stateEnds
      state = (state + 1) % rates.length
      stateEnds += stay()
    }
  }
}

/** A cycle spends in each state a share in proportion to its mean stay. */
function stationaryState(leaving: readonly number[], chance: number): number {
  const total = leaving.reduce((sum, rate) => sum + 1 / rate, 0)
  let left = chance * total
  for (let state = 0; state < leaving.length - 1; state++) {
    left -= 1 / leaving[state]!
    if (left < 0) return state
  }
  return leaving.length - 1
}

/** By thinning: candidates come at the highest rate, and each is kept with the probability its time's rate bears to that (Lewis and Shedler 1979). */
function piecewise(
  stream: Stream,
  points: readonly (readonly [number, number])[],
  from: From,
): () => ExactMicros {
  const highest = Math.max(...points.map(([, rate]) => rate))
  const endsAt = points.at(-1)![1] === 0 ? points.at(-1)![0] * micros : Infinity
  let time = from.time
  let candidates = from.drawn
  return () => {
    for (;;) {
      const candidate = candidates++
      time -= (micros / highest) * ln(stream.uniform(candidate, 0))
      if (time > endsAt) return Infinity
      if (stream.uniform(candidate, 1) * highest < rateAt(points, time / micros)) return time
    }
  }
}

/** On the straight line between two points; at two points of one time, the later counts from there on. */
function rateAt(points: readonly (readonly [number, number])[], time: number): number {
  const next = points.findIndex(([at]) => at > time)
  if (next < 0) return points.at(-1)![1]
  const [to, rateTo] = points[next]!
  const [from, rateFrom] = points[next - 1] ?? [0, points[0]![1]]
  return rateFrom + ((rateTo - rateFrom) * (time - from)) / (to - from)
}
