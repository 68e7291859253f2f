import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const resize = defineJob<{ photo: string }>('resize')

await using runtime = await createRuntime({ store: memoryStore() })
runtime.handle(resize, async () => {})

await runtime.enqueueMany(resize, [{ photo: 'a' }, { photo: 'b' }])

// Watch how long the next job in line has waited, not how busy the machines are.
for (const { queue, enqueued, lag } of await runtime.counts()) console.log(queue, enqueued, lag < 30_000)
