import type { Arrivals, Distribution, Scenario } from '../scenario/scenario.ts'

/** The scenario with `factor` times the arrivals, spread over time as before. */
export function scaledArrivals(scenario: Scenario, factor: number): Scenario {
  return {
    ...scenario,
    classes: scenario.classes.map((one) => ({ ...one, arrivals: faster(one.arrivals, factor) })),
  }
}

/** The scenario with services that take `factor` times as long. */
export function scaledServices(scenario: Scenario, factor: number): Scenario {
  return {
    ...scenario,
    classes: scenario.classes.map((one) => ({ ...one, service: longer(one.service, factor) })),
  }
}

function faster(arrivals: Arrivals, factor: number): Arrivals {
  switch (arrivals.kind) {
    case 'poisson':
    case 'batch':
      return { ...arrivals, rate: arrivals.rate * factor }
    case 'deterministic':
      return { ...arrivals, every: arrivals.every / factor }
    case 'mmpp':
      return { ...arrivals, rates: arrivals.rates.map((rate) => rate * factor) }
    case 'piecewise':
      return { ...arrivals, points: arrivals.points.map(([at, rate]) => [at, rate * factor] as const) }
    case 'trace':
      return { ...arrivals, times: arrivals.times.map((time) => time / factor) }
    case 'closed':
      return { ...arrivals, think: longer(arrivals.think, 1 / factor) }
  }
}

function longer(distribution: Distribution, factor: number): Distribution {
  switch (distribution.dist) {
    case 'deterministic':
      return { ...distribution, value: distribution.value * factor }
    case 'uniform':
      return { ...distribution, min: distribution.min * factor, max: distribution.max * factor }
    case 'empirical':
      return { ...distribution, values: distribution.values.map((value) => value * factor) }
    case 'exponential':
    case 'lognormal':
    case 'erlang':
    case 'hyperexponential':
      return { ...distribution, mean: distribution.mean * factor }
  }
}
