import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { build } from 'vite'
import { golden } from './golden-fingerprints.ts'
import { worldFingerprint } from './preset-runs.ts'

/** Every other Node there is on this machine, and those named in MILLRACE_NODES, separated like a PATH. */
function otherNodes(): ReadonlyMap<string, string> {
  const folders = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const named = (process.env.MILLRACE_NODES ?? '').split(delimiter)
  const found = new Map<string, string>()
  for (const path of [...named, ...folders]) {
    if (path === '' || !existsSync(path) || realpathSync(path) === realpathSync(process.execPath)) continue
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
    if (version !== process.version) found.set(version, path)
  }
  return found
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-fingerprints-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const nodes = [...otherNodes()]

/** One file of plain JavaScript, for a Node that reads no TypeScript. */
async function bundled(): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true, resolve: { conditions: ['@millrace/source'] } },
    build: {
      ssr: join(import.meta.dirname, 'print-fingerprints.ts'),
      outDir: folder,
      target: 'es2023',
      rollupOptions: { output: { entryFileNames: 'fingerprints.mjs', codeSplitting: false } },
    },
  })
  return join(folder, 'fingerprints.mjs')
}

test.skipIf(nodes.length === 0)(
  `the presets run in ${nodes.map(([version]) => version).join(', ') || 'another Node (none was found: name some in MILLRACE_NODES)'} as they do here`,
  { timeout: 180_000 },
  async () => {
    const file = await bundled()
    const here = { ...golden, world: await worldFingerprint() }
    for (const [version, path] of nodes)
      expect(JSON.parse(execFileSync(path, [file], { encoding: 'utf8' })), version).toEqual(here)
  },
)
