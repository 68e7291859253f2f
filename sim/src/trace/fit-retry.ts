import type { RetryPolicy } from '@millrace/core'
import type { Trace } from './trace.ts'

const unlimited = 1_000_000

/** What a scenario says of retries, as data for `parseScenario`, and what it cannot say. */
export function fitRetry({ lines }: Trace): { readonly retry: object; readonly notes: readonly string[] } {
  const policies = [
    ...new Set(lines.flatMap((line) => (line.event === 'definition' ? [JSON.stringify(line.retry)] : []))),
  ]
  const [first] = policies
  if (first === undefined) return { retry: {}, notes: ['the trace does not say how jobs are retried'] }
  const notes =
    policies.length > 1
      ? [
          `${policies.length} ways to retry are in use, and a scenario has one: that of the first job is taken`,
        ]
      : []
  return { retry: scenarioRetry(JSON.parse(first) as RetryPolicy), notes }
}

/** `Infinity` is `null` in JSON. */
function scenarioRetry({ maxFailures, maxCrashes, backoff }: RetryPolicy): object {
  const bounded = (count: number | null): number => Math.min(unlimited, count ?? unlimited)
  return {
    maxFailures: bounded(maxFailures),
    maxCrashes: bounded(maxCrashes),
    jitter: backoff.jitter,
    backoff: scenarioBackoff(backoff),
  }
}

function scenarioBackoff(backoff: RetryPolicy['backoff']): object {
  const seconds = (millis: number | null): number => Math.min(1e9, (millis ?? Infinity) / 1_000)
  switch (backoff.kind) {
    case 'exponential': {
      const { baseMs, factor, maxMs } = backoff
      return { kind: 'exponential', base: seconds(baseMs), factor, max: seconds(maxMs) }
    }
    case 'linear': {
      const { baseMs, stepMs, maxMs } = backoff
      return { kind: 'linear', base: seconds(baseMs), step: seconds(stepMs), max: seconds(maxMs) }
    }
    case 'fixed':
      return { kind: 'fixed', delay: seconds(backoff.delayMs) }
    case 'table':
      return { kind: 'table', delays: backoff.delaysMs.map(seconds) }
  }
}
