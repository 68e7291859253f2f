import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = join(import.meta.dirname, 'process/exits.ts')

test.for(['runtime', 'closed', 'open', 'dead'])(
  'a process with a pool (%s) ends by itself when nothing is left to do',
  { timeout: 40_000 },
  async (how) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['-C', '@millrace/source', script, how], {
      timeout: 30_000,
    })
    expect(stdout).toContain('36')
  },
)
