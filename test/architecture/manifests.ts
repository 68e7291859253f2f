import { allowances, libraryOf } from './imports.ts'
import { isCode, unitOf, type ProjectFile } from './project-file.ts'
import { importedModules } from './syntax.ts'

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** A package may ask a user to install only what the table of allowed imports names. */
export function extraDependencies(files: readonly ProjectFile[]): string[] {
  return manifests(files).flatMap(({ file, manifest }) => {
    const folder = /^packages\/([^/]+)\//.exec(file.path)?.[1]
    if (folder === undefined) return []
    const { packages = [], libraries = [] } = allowances[folder] ?? {}
    const allowed = new Set([...packages.map((name) => `@millrace/${name}`), ...libraries])
    return Object.keys(manifest.dependencies ?? {})
      .filter((name) => !allowed.has(name))
      .map((name) => `${file.path}: ${name} is not an agreed dependency`)
  })
}

/** Peers are ranges on purpose: they are the user's choice. */
export function looseVersions(files: readonly ProjectFile[]): string[] {
  return manifests(files).flatMap(({ file, manifest }) =>
    [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
      .flatMap((group) => Object.entries(group ?? {}))
      .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${file.path}: ${name} ${version} is not one exact version`),
  )
}

/** The workspace hoists everything, so an import that nobody declared works here and fails at the user's. */
export function undeclaredImports(files: readonly ProjectFile[]): string[] {
  const byUnit = new Map(manifests(files).map(({ file, manifest }) => [unitOf(file.path), manifest]))
  return files
    .filter((file) => isCode(file) && /^(packages|apps)\//.test(file.path))
    .flatMap((file) => {
      const { dependencies, peerDependencies } = byUnit.get(unitOf(file.path)) ?? {}
      const declared = { ...dependencies, ...peerDependencies }
      return importedModules(file)
        .filter((module) => !/^(\.|node:)/.test(module) && !Object.hasOwn(declared, libraryOf(module)))
        .map((module) => `${file.path}: ${libraryOf(module)} is not in its package.json`)
    })
}

function manifests(files: readonly ProjectFile[]): { file: ProjectFile; manifest: Manifest }[] {
  return files
    .filter((file) => /(^|\/)package\.json$/.test(file.path))
    .map((file) => ({ file, manifest: JSON.parse(file.text) as Manifest }))
}
