import { join } from 'node:path'
import { build, type Plugin, type Rolldown } from 'vite'
import { mutation } from '../mutants/plugin.ts'

const source = '@millrace/source'

/** Serves `/bundled/<path>.js` as one file, made once: a worker of a hundred modules starts slowly from a development server. */
export function bundledWorkers(root: string): Plugin {
  const bundles = new Map<string, Promise<string>>()
  return {
    name: 'bundled-workers',
    configureServer(server) {
      server.middlewares.use('/bundled', (request, response, next) => {
        const path = /^\/([\w/.-]+)\.js/.exec(request.url ?? '')?.[1]
        if (path === undefined) return next()
        if (!bundles.has(path)) bundles.set(path, bundle(join(root, path)))
        bundles.get(path)!.then((code) => {
          response.setHeader('Content-Type', 'text/javascript')
          for (const [name, value] of Object.entries(server.config.server.headers ?? {}))
            if (value !== undefined) response.setHeader(name, value)
          response.end(code)
        }, next)
      })
    },
  }
}

/** A worker's script and all it imports, at once or later, as one text. */
export async function bundle(path: string): Promise<string> {
  const files = await built(path, { codeSplitting: false })
  return files.values().next().value!
}

/** A script and what it loads later, each as one text, by the names they ask for; the script itself is the first. */
export function bundleFiles(path: string, minify = false): Promise<ReadonlyMap<string, string>> {
  return built(path, { minify })
}

async function built(path: string, output: Rolldown.OutputOptions): Promise<ReadonlyMap<string, string>> {
  return new Map((await chunksOf(path, output)).map(({ fileName, code }) => [fileName, code]))
}

/** The script first, then what it loads. */
export async function chunksOf(
  path: string,
  output: Rolldown.OutputOptions,
): Promise<readonly Rolldown.OutputChunk[]> {
  const all = await build({
    configFile: false,
    plugins: mutation(join(import.meta.dirname, '../..')),
    logLevel: 'warn',
    resolve: { conditions: [source, 'browser', 'module', 'import', 'default'] },
    build: { write: false, minify: false, target: 'esnext', rolldownOptions: { input: path, output } },
  })
  const [first] = Array.isArray(all) ? all : [all]
  if (first === undefined || !('output' in first)) throw new Error(`${path}: nothing was built`)
  return first.output.filter((one) => one.type === 'chunk')
}
