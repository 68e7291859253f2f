import { backoff, defineJob } from 'millrace'

/** Jobs that both sides know; their code is in jobs.worker.ts only. */
export const square = defineJob<number, number>('square', { queue: 'numbers' })
export const die = defineJob<string, never>('die', {
  retry: { maxFailures: 2, maxCrashes: 3, backoff: backoff.fixed(0) },
})
export const hang = defineJob<{ loop: boolean }>('hang', { timeout: 150, retry: { maxFailures: 1 } })
export const complain = defineJob<string>('complain', { retry: { maxFailures: 1 } })
export const report = defineJob<{ steps: number }, Report>('report', { queue: 'reports' })
export const spin = defineJob<number, number>('spin')

export interface Report {
  readonly id: string
  readonly attempt: number
  readonly fencingToken: number
  readonly correlationId: string | undefined
  readonly child: string
  readonly first: number
}
