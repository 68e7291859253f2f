import { closeSync, fdatasyncSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One write and one flush on an idle file laid out beforehand; `seconds` over `jobs` is the median. */
export async function run(jobs: string, bytesPerJob: string): Promise<{ jobs: number; seconds: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const file = openSync(join(directory, 'log'), 'wx')
  const record = Buffer.alloc(Math.round(Number(bytesPerJob)))
  writeSync(file, Buffer.alloc(16 << 20))
  fsyncSync(file)
  const times: number[] = []
  for (let index = 0; index < Number(jobs); index++) {
    const start = performance.now()
    writeSync(file, record, 0, record.length, index * record.length)
    fdatasyncSync(file)
    times.push(performance.now() - start)
    await new Promise((resolve) => setTimeout(resolve, 2 + (index % 5)))
  }
  closeSync(file)
  rmSync(directory, { recursive: true, force: true })
  const median = times.sort((a, b) => a - b)[times.length >> 1]!
  return { jobs: Number(jobs), seconds: (median / 1000) * Number(jobs) }
}
