import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const order = defineJob<{ n: number }>('order', { queue: 'high' })
const invoice = defineJob<{ n: number }>('invoice', { queue: 'normal' })
const report = defineJob<{ n: number }>('report', { queue: 'low' })

await using runtime = await createRuntime({ store: memoryStore() })
const done: string[] = []
for (const job of [order, invoice, report])
  runtime.handle(job, async (_, { queue }) => {
    done.push(queue)
  })

const fifty = Array.from({ length: 50 }, (_, n) => ({ n }))
for (const job of [order, invoice, report]) await runtime.enqueueMany(job, fifty)

runtime.work({ queues: { high: 40, normal: 40, low: 20 }, concurrency: 10 })
await runtime.drain({ timeout: '10s' })
const early = done.slice(0, 50)
console.log(['high', 'normal', 'low'].map((name) => early.filter((one) => one === name).length))
