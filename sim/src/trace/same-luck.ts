import type { Arrivals, Distribution, JobClass, JobHistory, Scenario, Seconds } from '../scenario/scenario.ts'
import { sampleOf } from './fit-distribution.ts'

/**
 * The recorded jobs, each with its place among the others kept and its times taken from the fitted processes: the longest service is
 * the longest again. What differs from the replay then comes from the fit and not from chance.
 */
export function withSameLuck(replay: Scenario, fitted: Scenario): Scenario {
  return {
    ...replay,
    name: 'same-luck',
    classes: replay.classes.map((one, index) => {
      const { arrivals, service } = fitted.classes[index]!
      return { ...one, arrivals: likeArrivals(one.arrivals, arrivals), history: likeServices(one, service) }
    }),
  }
}

function likeServices({ history = [] }: JobClass, service: Distribution): readonly JobHistory[] {
  const takes = history.flatMap(({ attempts }) => attempts.map((one) => one.takes))
  const like = reranked(takes, service)
  let next = 0
  return history.map((job) => ({
    ...job,
    attempts: job.attempts.map((attempt) => ({ ...attempt, takes: like[next++]! })),
  }))
}

function likeArrivals(recorded: Arrivals, found: Arrivals): Arrivals {
  if (recorded.kind !== 'trace' || found.kind !== 'poisson') return recorded
  const gaps = recorded.times.map((time, index) => time - (recorded.times[index - 1] ?? 0))
  let at = 0
  const times = reranked(gaps, { dist: 'exponential', mean: 1 / found.rate }).map((gap) => (at += gap))
  return { kind: 'trace', times }
}

/** Values of the distribution in the order of these. */
function reranked(values: readonly Seconds[], distribution: Distribution): readonly Seconds[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const sample = sampleOf(distribution)
  const like = values.slice()
  order.forEach((place, rank) => {
    like[place] = sample[Math.floor(((rank + 0.5) / values.length) * sample.length)]!
  })
  return like
}
