import { backoff, defineJob, NonRetryable, type HandlerContext } from 'millrace'

/** Jobs that both sides know; their code is in jobs.worker.ts only. */
export const square = defineJob<number, number>('square', { queue: 'numbers' })
export const die = defineJob<string, never>('die', {
  retry: { maxFailures: 2, maxCrashes: 3, backoff: backoff.fixed(0) },
})
export const hang = defineJob<{ loop: boolean }>('hang', { timeout: 150, retry: { maxFailures: 1 } })
export const complain = defineJob<string>('complain', { retry: { maxFailures: 1 } })
export const report = defineJob<{ steps: number }, Report>('report', { queue: 'reports' })
export const spin = defineJob<number, number>('spin')

export const inspect = defineJob<null, Readonly<Record<string, unknown>>>('inspect')

/** Everything a handler's context says, member by member; on the job's second way through the queue, so that no number is its first. */
export async function inspected(
  _: null,
  context: HandlerContext,
): Promise<Readonly<Record<string, unknown>>> {
  if (context.generation === 0) throw new NonRetryable('not yet')
  const members = Object.getOwnPropertyNames(Object.getPrototypeOf(context))
  const said = members.map((name) => [name, valueOf(context[name as keyof HandlerContext])])
  return { ...Object.fromEntries(said), results: await context.results() }
}

function valueOf(member: unknown): unknown {
  if (member instanceof AbortSignal) return { aborted: member.aborted }
  return typeof member === 'function' ? 'a function' : member
}

export interface Report {
  readonly id: string
  readonly attempt: number
  readonly fencingToken: number
  readonly correlationId: string | undefined
  readonly child: string
  readonly first: number
}
