import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

function uploadFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('millrace-uploads-'))
}

test('npm start builds, goes past a port that is taken, prints an address that answers, and leaves nothing behind when it is told to stop', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as AddressInfo
  const before = uploadFolders()
  const child = spawn(process.execPath, ['-C', '@millrace/source', 'apps/demo/server/main.ts'], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let address: string | undefined
  let said = ''
  for await (const line of createInterface({ input: child.stdout })) {
    said += line
    address = /http:\/\/127\.0\.0\.1:\d+\//.exec(line)?.[0]
    if (address !== undefined) break
  }
  expect(said).toContain(`Port ${port} is taken`)
  expect(await (await fetch(address!)).text()).toContain('Millrace')
  expect((await fetch(`${address}upload/`)).status).toBe(200)
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
  expect(uploadFolders().filter((name) => !before.includes(name))).toEqual([])
  expect(existsSync(join(root, 'apps/demo/dist/index.html'))).toBe(true)
})
