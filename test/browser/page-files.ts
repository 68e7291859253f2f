import { bundleFiles } from './bundled-workers.ts'

export type PageFiles = ReadonlyMap<string, { readonly type: string; readonly body: string }>

const built = new Map<string, Promise<PageFiles>>()

/** A page that runs one script, with all the script needs, by their paths; built once. */
export function pageFiles(script: string): Promise<PageFiles> {
  const files = built.get(script) ?? build(script)
  built.set(script, files)
  return files
}

async function build(script: string): Promise<PageFiles> {
  const scripts = await bundleFiles(script)
  const [entry] = scripts.keys()
  const html = `<!doctype html><meta charset="utf-8"><title>test</title><script type="module" src="/${entry}"></script>`
  return new Map([
    ['/', { type: 'text/html', body: html }],
    ['/empty', { type: 'text/html', body: '<!doctype html><title>empty</title>' }],
    ...[...scripts].map(([name, body]) => [`/${name}`, { type: 'text/javascript', body }] as const),
  ])
}
