import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from 'millrace/file'

/** From the kill -9 of a store's owner until the next one has it open; `seconds` over `jobs` is the median. */
export async function run(rounds: string): Promise<{ jobs: number; seconds: number }> {
  const parent = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const times: number[] = []
  try {
    for (let round = 0; round < Number(rounds); round++) {
      const directory = join(parent, `store-${round}`)
      const owner = fork(join(import.meta.dirname, 'file-owner.ts'), [directory])
      await new Promise((resolve) => owner.once('message', resolve))
      const gone = new Promise((resolve) => owner.once('exit', resolve))
      const start = performance.now()
      owner.kill('SIGKILL')
      await gone
      const store = await fileStore({ directory })
      times.push(performance.now() - start)
      await store.close()
    }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1]!
  return { jobs: times.length, seconds: (median / 1000) * times.length }
}
