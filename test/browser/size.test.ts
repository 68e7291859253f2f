import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleFiles } from './bundled-workers.ts'

// What it is, with a little air: it may only get smaller. The wish of the design is 15,000.
const mostBytes = 58_000

test('a page that enqueues and works off jobs, on IndexedDB and without a pool, stays small', async () => {
  const [script] = (await bundleFiles(join(import.meta.dirname, 'pages/size-page.ts'), true)).values()
  const bytes = gzipSync(script!, { level: 9 }).length
  console.log(`a page that enqueues and works off jobs: ${bytes} bytes, minified and gzipped`)
  expect(bytes).toBeLessThan(mostBytes)
})
