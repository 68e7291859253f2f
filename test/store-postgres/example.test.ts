import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createRuntime, defineJob } from 'millrace'
import { postgresStore } from 'millrace/postgres'
import sharp from 'sharp'
import { afterAll, expect, it, vi } from 'vitest'
import { readGallery } from '../photos/photos-process.ts'
import { temporaryFolder } from '../photos/temporary-folder.ts'
import { skipReason, startServer } from '../postgres/server.ts'

const server = await startServer(['fsync=off'])
const connectionString = server?.connectionString ?? ''
afterAll(() => server?.stop(), 30_000)

// The photos app, but for its store line.
vi.mock('millrace/file', () => ({ fileStore: () => postgresStore({ connectionString, schema: 'photos' }) }))

it.skipIf(server === undefined)(server === undefined ? skipReason : 'runs the first example', async () => {
  const greet = defineJob<{ name: string }, string>('greet')
  await using runtime = await createRuntime({ store: postgresStore({ connectionString }) })
  runtime.handle(greet, async ({ name }) => `Hello ${name}`)
  runtime.work({ concurrency: 10 })
  const { id } = await runtime.enqueue(greet, { name: 'Ada' })
  expect(await runtime.result(id, { timeout: '10s' })).toBe('Hello Ada')
})

it.skipIf(server === undefined)(
  'runs the photos app with no more than its store line changed',
  async () => {
    const root = temporaryFolder()
    const [input, output] = [join(root, 'in'), join(root, 'out')]
    mkdirSync(input)
    const image = sharp({ create: { width: 64, height: 48, channels: 3, background: '#807060' } })
    for (const name of ['a.png', 'b.jpg', 'c.webp']) await image.toFile(join(input, name))
    const { run } = await import('../../apps/photos/src/run.ts')
    const interrupted = new Promise<void>(() => {})
    await run({ input, output, concurrency: 2, report: () => {}, interrupted })
    expect(
      readGallery(output)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['a.png', 'b.jpg', 'c.webp'])
  },
  60_000,
)
