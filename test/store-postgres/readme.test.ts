import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, expect, it } from 'vitest'
import { skipReason, startServer } from '../postgres/server.ts'

const root = join(import.meta.dirname, '../..')
const server = await startServer(['fsync=off'])

// Within the project, so that `millrace` is found the way it is after an install.
mkdirSync(join(root, 'scratch'), { recursive: true })
const folder = mkdtempSync(join(root, 'scratch/readme-'))

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server?.stop()
}, 30_000)

it.skipIf(server === undefined)(
  server === undefined ? skipReason : 'the example of the README runs as it stands',
  async () => {
    const { connectionString } = server!
    const readme = readFileSync(join(root, 'packages/store-postgres/README.md'), 'utf8')
    const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!
    writeFileSync(join(folder, 'example.ts'), code!)
    const client = new Client({ connectionString })
    await client.connect()
    await client.query('CREATE TABLE orders (id int)')
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-C', '@millrace/source', 'example.ts'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: connectionString },
      timeout: 50_000,
    })
    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: 'the receipt of order 1 is sent\n' })
    expect(status).toBe(0)
    expect((await client.query('SELECT id FROM orders')).rows).toEqual([{ id: 1 }])
    await client.end()
  },
)
