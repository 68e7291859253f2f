/** `npm start`: builds the site if anything changed since the last build, serves it on this machine only, prints the address. */
import { statSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uploadHandler } from '../upload/server/upload-handler.ts'
import { buildSite, noteBuilt } from './build.ts'
import { serve, type Serving } from './serve.ts'

const home = join(import.meta.dirname, '..')
const dist = join(home, 'dist')
const sources = ['.', '../../sim/src', '../../packages'].map((folder) => join(home, folder))

async function main(): Promise<void> {
  const stamp = await newestSource()
  if (stamp !== (await readFile(join(dist, '.built'), 'utf8').catch(() => ''))) {
    console.log('Building the demo …')
    await buildSite(dist)
    await noteBuilt(dist, stamp)
  }
  const uploads = await mkdtemp(join(tmpdir(), 'millrace-uploads-'))
  const port = Number(process.env.PORT ?? 4173)
  const serving = await serve(dist, { port, handle: uploadHandler(uploads) })
  const isOther = port !== 0 && new URL(serving.address).port !== String(port)
  if (isOther) console.log(`Port ${port} is taken, so it is another one.`)
  console.log(`Millrace is at ${serving.address} (Ctrl+C ends it)`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(serving, uploads))
}

/** What was uploaded is for play, and goes with the server. */
async function end(serving: Serving, uploads: string): Promise<void> {
  await serving.close()
  await rm(uploads, { recursive: true, force: true })
  process.exit(0)
}

/** When the newest of all sources was written. */
async function newestSource(): Promise<string> {
  let newest = 0
  for (const folder of sources)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile() || /[/\\](dist|node_modules)[/\\]/.test(path)) continue
      newest = Math.max(newest, statSync(path).mtimeMs)
    }
  return String(newest)
}

await main()
