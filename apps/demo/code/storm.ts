import { backoff, createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const call = defineJob<{ n: number }>('call', {
  timeout: '1s', // and the handler stops when context.signal says so
  retry: { maxFailures: 10, backoff: backoff.exponential('5ms', { factor: 2, max: '1s', jitter: 'full' }) },
})

await using runtime = await createRuntime({
  store: memoryStore(),
  queues: { default: { maxJobs: 1_000, retryBudget: { ratio: 0.1, burst: 20 } } },
})
runtime.handle(call, async (_, { signal, attempt }) => {
  signal.throwIfAborted()
  if (attempt === 1) throw new Error('the service is slow today')
})
runtime.work({ concurrency: 8 })

await runtime.enqueueMany(
  call,
  Array.from({ length: 10 }, (_, n) => ({ n })),
)
await runtime.drain({ timeout: '10s' })
console.log(runtime.metrics().counts.completed)
