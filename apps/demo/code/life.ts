import { createRuntime, defineJob, NonRetryable } from 'millrace'
import { memoryStore } from 'millrace/memory'

const photo = defineJob<{ path: string }>('photo')

await using runtime = await createRuntime({ store: memoryStore() })
for (const event of ['enqueued', 'started', 'dead', 'redriven', 'completed'] as const)
  runtime.on(event, ({ job }) => console.log(event, job.state))

let isBroken = true
runtime.handle(photo, async ({ path }) => {
  if (isBroken) throw new NonRetryable(`${path} is no photo`)
})
runtime.work()

const { id } = await runtime.enqueue(photo, { path: 'a.jpg' })
await runtime.drain({ timeout: '10s' })
console.log(await runtime.explain(id))

isBroken = false
await runtime.deadLetters.redrive({})
await runtime.drain({ timeout: '10s' })
