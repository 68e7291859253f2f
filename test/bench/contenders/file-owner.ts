/** `file-owner.ts <directory>`: owns a store with a hundred jobs, says so, and stays. */
import { createRuntime, defineJob } from 'millrace'
import { fileStore } from 'millrace/file'

const runtime = await createRuntime({ store: fileStore({ directory: process.argv[2]! }) })
const job = defineJob<number, void>('wait')
await runtime.enqueueMany(
  job,
  Array.from({ length: 100 }, (_, index) => index),
)
process.send!('ready')
setInterval(() => {}, 1_000)
