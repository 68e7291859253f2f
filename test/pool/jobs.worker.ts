import { NonRetryable } from 'millrace'
import { serveJobs } from 'millrace/pool'
import { complain, die, hang, inspect, inspected, report, spin, square } from './jobs.ts'

const never = new Promise<never>(() => {})

serveJobs([
  inspect.implement(inspected),
  square.implement((side) => side * side),
  spin.implement((ms) => {
    for (const end = performance.now() + ms; performance.now() < end;);
    return ms
  }),
  die.implement((how) => {
    if (how === 'reject') void Promise.reject(new Error('nobody awaits me'))
    else
      setTimeout(() => {
        throw new RangeError('nobody catches me')
      }, 0)
    return never
  }),
  hang.implement(({ loop }) => {
    while (loop);
    return never
  }),
  complain.implement((text) => {
    throw new NonRetryable(text, { cause: new Error('the reason') })
  }),
  report.implement(async ({ steps }, context) => {
    context.progress(0.5)
    const first = await context.once('draw', () => Math.random())
    context.log(`drew ${first}`)
    if (context.attempt <= steps) throw new Error(`attempt ${context.attempt} is not enough`)
    const { id } = await context.enqueue(square, 12)
    const { attempt, fencingToken, correlationId } = context
    return { id: context.id, attempt, fencingToken, correlationId, child: id, first }
  }),
])
