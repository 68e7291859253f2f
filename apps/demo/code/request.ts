import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const thumbnail = defineJob<{ photo: string }, string>('thumbnail')

await using runtime = await createRuntime({ store: memoryStore() })
runtime.handle(thumbnail, async ({ photo }) => `${photo}.thumb.jpg`)
runtime.work({ concurrency: 4 })

// What a request handler does: accept, and answer at once.
const { id } = await runtime.enqueue(thumbnail, { photo: 'cat.jpg' })
console.log('202 accepted')

// What the page asks for later.
console.log(await runtime.result(id, { timeout: '10s' }))
