import { createRuntime, defineJob } from 'millrace'
import { fileStore } from 'millrace/file'

const batch = 1_000

/** Leaves so many jobs with payloads of so many bytes in a store of the file system, and says what each weighs in memory then. */
export async function run(
  directory: string,
  jobs: string,
  bytes: string,
): Promise<{ jobs: number; seconds: number; bytesPerJob: number }> {
  const job = defineJob<string, void>('wait')
  await using runtime = await createRuntime({ store: fileStore({ directory, durability: 'os' }) })
  const payload = 'x'.repeat(Number(bytes))
  await runtime.enqueueMany(job, Array<string>(batch).fill(payload))
  const before = heap()
  const start = performance.now()
  for (let done = batch; done < Number(jobs); done += batch)
    await runtime.enqueueMany(job, Array<string>(batch).fill(payload))
  const seconds = (performance.now() - start) / 1000
  return { jobs: Number(jobs), seconds, bytesPerJob: (heap() - before) / (Number(jobs) - batch) }
}

function heap(): number {
  globalThis.gc!()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
