import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, defineJob } from 'millrace'
import { fileStore } from 'millrace/file'

/** From the call of enqueue to the start of the handler, on an idle queue; `seconds` over `jobs` is the median. */
export async function run(jobs: string): Promise<{ jobs: number; seconds: number }> {
  const parent = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const job = defineJob<number, void>('noop')
  try {
    await using runtime = await createRuntime({ store: fileStore({ directory: join(parent, 'store') }) })
    let started = (): void => {}
    runtime.handle(job, () => started())
    runtime.work()
    const times: number[] = []
    for (let index = 0; index < Number(jobs); index++) {
      const begun = new Promise<void>((resolve) => (started = resolve))
      const start = performance.now()
      const accepted = runtime.enqueue(job, index)
      await begun
      times.push(performance.now() - start)
      await accepted
      await new Promise((resolve) => setTimeout(resolve, 2 + (index % 5)))
    }
    const median = times.sort((a, b) => a - b)[times.length >> 1]!
    return { jobs: Number(jobs), seconds: (median / 1000) * Number(jobs) }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}
