import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { build, type InlineConfig, type Rolldown } from 'vite'

const home = join(import.meta.dirname, '..')

/** Pages of the site; those of other rooms are there once they are built. */
const pages = ['index.html', 'upload/index.html'].filter((page) => existsSync(join(home, page)))

/** Builds the site into a folder: static files, nothing inlined, no request to anybody else. */
export async function buildSite(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true })
  const settings: InlineConfig = {
    root: home,
    configFile: false,
    logLevel: 'warn',
    base: './',
    resolve: { conditions: ['@millrace/source', 'browser', 'module', 'import', 'default'] },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    worker: { format: 'es' },
  }
  await build({
    ...settings,
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: pages.map((page) => join(home, page)),
        checks: { pluginTimings: false },
      },
    },
  })
  const files = await filesIn(outDir)
  await build({
    ...settings,
    publicDir: false,
    define: {
      __FILES__: JSON.stringify(files.map(addressOf)),
      __VERSION__: JSON.stringify(await versionOf(outDir, files)),
    },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2023',
      rolldownOptions: {
        input: join(home, 'src/service-worker.ts'),
        checks: { pluginTimings: false },
        output: { entryFileNames: 'service-worker.js' } satisfies Rolldown.OutputOptions,
      },
    },
  })
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

/** As pages ask for it. */
function addressOf(file: string): string {
  return `./${file.replace(/(^|\/)index\.html$/, '$1')}`
}

/** Other files, other version: an old cache is never mistaken for the new one. */
async function versionOf(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(await readFile(join(folder, file)))
  return hash.digest('hex').slice(0, 12)
}

/** Marks a finished build, so that a start can tell a whole one from a half one. */
export async function noteBuilt(outDir: string, stamp: string): Promise<void> {
  await writeFile(join(outDir, '.built'), stamp)
}
