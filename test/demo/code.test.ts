import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../apps/demo/code')

/** What each example prints. */
const printed: Readonly<Record<string, string>> = {
  'backpressure.ts': '10 were told to come back later\n',
  'black-friday.ts': '7 7 workers meet it, 6 do not\n',
  'cliff.ts': 'default 2 true\n',
  'delivery.ts': '1 order-17 is paid\n',
  'priorities.ts': '[ 20, 20, 10 ]\n',
  'request.ts': '202 accepted\ncat.jpg.thumb.jpg\n',
  'retries.ts': 'sent at attempt 3\n1 of 1 go round again\nsent at attempt 1\n',
  'saga.ts': 'pay\nship\nrecall\nrefund\n',
  'storm.ts': '10\n',
}

test.for(readdirSync(folder))('the example %s does what the lesson says', async (file) => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-C', '@millrace/source', file], {
    cwd: folder,
    timeout: 30_000,
  })
  expect(stderr).toBe('')
  if (file === 'life.ts')
    expect(stdout).toMatch(
      /^enqueued enqueued\nstarted processing\ndead dead\n[^]*redriven enqueued\nstarted processing\ncompleted completed\n$/,
    )
  else expect(stdout).toBe(printed[file])
})
