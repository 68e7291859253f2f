import { createRuntime, defineJob } from 'millrace'
import { indexedDbStore } from 'millrace/indexeddb'

// The least that a page needs: it enqueues, and works off what it enqueued.
const resize = defineJob<{ path: string }>('photo.resize')

const runtime = await createRuntime({ store: indexedDbStore({ name: 'photos' }) })
runtime.handle(resize, async ({ path }, { signal }) => void (await fetch(path, { signal })))
runtime.work()
await runtime.enqueue(resize, { path: '/a.jpg' })
