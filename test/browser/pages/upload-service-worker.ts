import { createUploads, serveServiceWorker, uploadJob } from '@millrace/browser'
import { createRuntime } from '@millrace/runtime'
import { indexedDbStore } from '@millrace/store-indexeddb'

const name = 'lab'

serveServiceWorker({
  name,
  cap: '20s',
  open: async () => {
    const store = await indexedDbStore({ name })
    const runtime = await createRuntime({ store })
    const job = uploadJob({ endpoint: '/files', protocol: 'tus', chunkSize: 64 * 1024 })
    const uploads = createUploads({ job, runtime, blobs: store.blobs })
    return { runtime, store, work: { queues: { upload: 1 }, gate: uploads.gate } }
  },
})
