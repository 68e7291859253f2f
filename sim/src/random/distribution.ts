import { exp, ln, sqrt } from '../kernel/elementary.ts'
import { normalQuantile } from '../kernel/normal-quantile.ts'
import type { Stream } from '../kernel/stream.ts'
import type { Distribution, Seconds } from '../scenario/scenario.ts'

/** Draws for one entity; `index` tells an entity's draws apart. */
export type Sampler = (stream: Stream, entity: number, index: number) => Seconds

export function sampler(distribution: Distribution): Sampler {
  switch (distribution.dist) {
    case 'exponential':
      return exponential(distribution.mean)
    case 'deterministic':
      return () => distribution.value
    case 'lognormal':
      return lognormal(distribution.mean, distribution.cv2)
    case 'uniform': {
      const { min, max } = distribution
      return (stream, entity, index) => min + (max - min) * stream.uniform(entity, index)
    }
    case 'erlang':
      return erlang(distribution.k, distribution.mean)
    case 'hyperexponential':
      return hyperexponential(distribution.mean, distribution.cv2)
    case 'empirical': {
      const { values } = distribution
      return (stream, entity, index) => values[Math.floor(stream.uniform(entity, index) * values.length)]!
    }
  }
}

function exponential(mean: Seconds): Sampler {
  return (stream, entity, index) => -mean * ln(stream.uniform(entity, index))
}

function lognormal(mean: Seconds, cv2: number): Sampler {
  const variance = ln(1 + cv2)
  const deviation = sqrt(variance)
  const location = ln(mean) - variance / 2
  return (stream, entity, index) => exp(location + deviation * normalQuantile(stream.uniform(entity, index)))
}

/** A sum of k exponentials is one logarithm of a product; in groups, so that the product of many does not underflow. */
function erlang(k: number, mean: Seconds): Sampler {
  const phaseMean = mean / k
  return (stream, entity, index) => {
    let sum = 0
    let product = 1
    for (let phase = 0; phase < k; phase++) {
      product *= stream.uniform(entity, index * k + phase)
      if (product < 1e-200) {
        sum -= ln(product)
        product = 1
      }
    }
    return phaseMean * (sum - ln(product))
  }
}

/** Balanced means: both branches carry half of the work (Whitt 1982). */
function hyperexponential(mean: Seconds, cv2: number): Sampler {
  const share = (1 + sqrt((cv2 - 1) / (cv2 + 1))) / 2
  return (stream, entity, index) => {
    const chance = stream.uniform(entity, index)
    return chance < share
      ? (-mean / (2 * share)) * ln(chance / share)
      : (-mean / (2 * (1 - share))) * ln((chance - share) / (1 - share))
  }
}

/** What theory needs to know of a distribution. */
export interface Moments {
  readonly mean: Seconds
  /** Variance over squared mean. */
  readonly cv2: number
}

export function momentsOf(distribution: Distribution): Moments {
  switch (distribution.dist) {
    case 'exponential':
      return { mean: distribution.mean, cv2: 1 }
    case 'deterministic':
      return { mean: distribution.value, cv2: 0 }
    case 'lognormal':
    case 'hyperexponential':
      return { mean: distribution.mean, cv2: distribution.cv2 }
    case 'uniform': {
      const mean = (distribution.min + distribution.max) / 2
      return { mean, cv2: (distribution.max - distribution.min) ** 2 / 12 / mean ** 2 }
    }
    case 'erlang':
      return { mean: distribution.mean, cv2: 1 / distribution.k }
    case 'empirical':
      return momentsOfValues(distribution.values)
  }
}

function momentsOfValues(values: readonly Seconds[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, cv2: mean === 0 ? 0 : variance / mean ** 2 }
}
