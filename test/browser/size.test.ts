import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Rolldown } from 'vite'
import { expect, test } from 'vitest'
import { chunksOf } from './bundled-workers.ts'

// What it is, with a little air: it may only get smaller. packages/store-indexeddb/README.md says why it is not the 15,000 of the design.
const mostBytes = 57_500

test('a page that enqueues and works off jobs, on IndexedDB and without a pool, stays small', async () => {
  const chunks = await chunksOf(join(import.meta.dirname, 'pages/size-page.ts'), { minify: true })
  const atOnce = loadedAtOnce(chunks)
  const bytes = atOnce.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0)
  console.log(
    `a page that enqueues and works off jobs: ${bytes} bytes, minified and gzipped; ${shares(atOnce)}`,
  )
  expect(bytes).toBeLessThan(mostBytes)
})

/** The script and all that it imports, but not what it may load later. */
function loadedAtOnce([script, ...others]: readonly Rolldown.OutputChunk[]): readonly Rolldown.OutputChunk[] {
  const found = new Set([script!])
  for (const chunk of found)
    for (const other of others) if (chunk.imports.includes(other.fileName)) found.add(other)
  return [...found]
}

/** How much of the code each package is, before it is minified. */
function shares(chunks: readonly Rolldown.OutputChunk[]): string {
  const lengths = new Map<string, number>()
  for (const [path, { renderedLength }] of chunks.flatMap(({ modules }) => Object.entries(modules))) {
    const name = /(?:packages|node_modules)\/([^/]+)/.exec(path)?.[1] ?? 'the page'
    lengths.set(name, (lengths.get(name) ?? 0) + renderedLength)
  }
  const all = [...lengths.values()].reduce((sum, length) => sum + length, 0)
  return [...lengths]
    .sort(([, one], [, other]) => other - one)
    .map(([name, length]) => `${name} ${Math.round((100 * length) / all)} %`)
    .join(', ')
}
