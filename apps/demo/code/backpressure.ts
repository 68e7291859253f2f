import { createRuntime, defineJob, MillraceError } from 'millrace'
import { memoryStore } from 'millrace/memory'

const order = defineJob<{ n: number }>('order')

await using runtime = await createRuntime({
  store: memoryStore(),
  queues: { default: { maxJobs: 20, overflow: 'reject' } }, // or 'wait', 'shedOldest', 'shedLowest'
})
runtime.handle(order, async () => {})

let refused = 0
for (let n = 0; n < 30; n++) {
  try {
    await runtime.enqueue(order, { n })
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'QUEUE_FULL') throw error
    refused++ // error.retryAfterMs says when to come back: a 503 with Retry-After
  }
}
console.log(`${refused} were told to come back later`)
