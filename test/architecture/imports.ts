import { posix } from 'node:path'
import { isCode, unitOf, type ProjectFile } from './project-file.ts'
import { importedModules } from './syntax.ts'

interface Allowance {
  /** Packages of this project, by folder. */
  readonly packages: readonly string[]
  /** Libraries from the registry. */
  readonly libraries?: readonly string[]
  /** May it use modules of Node? */
  readonly node?: true
}

/** Who may import whom. A package that is not in this table may not exist. */
export const allowances: Readonly<Record<string, Allowance>> = {
  core: { packages: [] },
  table: { packages: ['core'] },
  runtime: { packages: ['core'], libraries: ['p-queue', 'croner'] },
  'store-spec': { packages: ['core'], libraries: ['fast-check'] },
  'store-memory': { packages: ['core', 'table'] },
  'store-file': { packages: ['core', 'table'], node: true },
  'store-indexeddb': { packages: ['core', 'table'], libraries: ['idb'] },
  'store-postgres': { packages: ['core'], libraries: ['pg'], node: true },
  pool: { packages: ['core'], libraries: ['comlink'], node: true },
  browser: { packages: ['core', 'runtime'], libraries: ['tus-js-client'] },
  telemetry: { packages: ['core', 'runtime'], libraries: ['@opentelemetry/api'] },
  millrace: {
    packages: [
      'core',
      'table',
      'runtime',
      'store-spec',
      'store-memory',
      'store-file',
      'store-indexeddb',
      'store-postgres',
      'pool',
      'browser',
      'telemetry',
      'sim',
    ],
  },
}

export function wrongDirections(files: readonly ProjectFile[]): string[] {
  return files.filter(isCode).flatMap((file) => {
    const folder = /^packages\/([^/]+)\//.exec(file.path)?.[1]
    if (folder === undefined) return onlyTestsImportTests(file)
    const allowed = allowances[folder]
    if (!allowed) return [`${file.path}: package ${folder} is not in the table of allowed imports`]
    return importedModules(file)
      .filter((module) => !module.startsWith('.') && !mayImport(allowed, folder, module))
      .map((module) => `${file.path}: ${folder} may not import ${module}`)
  })
}

function mayImport(allowed: Allowance, folder: string, module: string): boolean {
  if (module.startsWith('node:')) return allowed.node === true
  const own = /^@millrace\/([^/]+)/.exec(module)?.[1]
  if (own !== undefined) return allowed.packages.includes(own) && own !== folder
  return (allowed.libraries ?? []).includes(libraryOf(module))
}

function onlyTestsImportTests(file: ProjectFile): string[] {
  if (!/^(apps|sim)\//.test(file.path)) return []
  return importedModules(file)
    .filter((module) => module.startsWith('.') && unitOf(resolved(file, module)) === 'test')
    .map((module) => `${file.path}: nothing imports a test (${module})`)
}

/** Across packages only an entry of the exports map: no deep paths, no way round it over `../..`. Tests may look inside. */
export function deepImports(files: readonly ProjectFile[]): string[] {
  return files
    .filter((file) => isCode(file) && unitOf(file.path) !== undefined)
    .flatMap((file) =>
      importedModules(file)
        .filter((module) => isDeep(file, module))
        .map((module) => `${file.path}: ${module} reaches past the entry of another package`),
    )
}

function isDeep(file: ProjectFile, module: string): boolean {
  if (module.startsWith('@millrace/')) return module.split('/').length > 2
  if (module.startsWith('millrace/')) return module.split('/').length > 2
  if (!module.startsWith('.') || file.path.startsWith('test/')) return false
  return unitOf(resolved(file, module)) !== unitOf(file.path)
}

function resolved(file: ProjectFile, module: string): string {
  return posix.join(posix.dirname(file.path), module)
}

export function libraryOf(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/')
}
