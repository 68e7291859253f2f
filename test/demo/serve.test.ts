import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serve, type Serving } from '../../apps/demo/server/serve.ts'

async function setup(): Promise<{
  readonly address: string
  readonly folder: string
  readonly serving: Serving
}> {
  const outside = await mkdtemp(join(tmpdir(), 'millrace-serve-'))
  const folder = join(outside, 'site')
  await mkdir(folder)
  await writeFile(join(outside, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'index.html'), 'the page')
  await writeFile(join(folder, '.built'), 'hidden')
  const serving = await serve(folder, { port: 0 })
  onTestFinished(async () => {
    await serving.close()
    await rm(outside, { recursive: true })
  })
  return { address: serving.address, folder, serving }
}

/** As it stands: fetch would tidy the path up. */
function status(address: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(new URL(address), { path }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
      .on('error', reject)
      .end()
  })
}

test('the site is served with a policy, and nothing else of the disk', async () => {
  const { address } = await setup()
  const response = await fetch(address)
  expect(await response.text()).toBe('the page')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/.built',
    '/%',
    '/missing',
  ])
    expect(await status(address, path), path).toBe(404)
})

test('a taken port is no hindrance', async () => {
  const { address, folder } = await setup()
  const second = await serve(folder, { port: Number(new URL(address).port) })
  onTestFinished(() => second.close())
  expect(second.address).not.toBe(address)
  expect((await fetch(second.address)).status).toBe(200)
})

test('a server that goes down comes back at its address, unless it was closed meanwhile', async () => {
  const { address, serving } = await setup()
  const back = serving.goDown(200)
  await expect(fetch(address)).rejects.toThrow()
  await back
  expect((await fetch(address)).status).toBe(200)
  const never = serving.goDown(3_600_000)
  await serving.close()
  await never
  await expect(fetch(address)).rejects.toThrow()
})
