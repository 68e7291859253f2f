import { posix } from 'node:path'
import type { ProjectFile } from './project-file.ts'
import { parse, type SyntaxNode } from './syntax.ts'

interface Entry {
  readonly '@millrace/source': string
}

/** The exported names of every package, one text for each folder: what a release promises not to break. */
export function publicApi(files: readonly ProjectFile[]): Map<string, string> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const snapshots = new Map<string, string>()
  for (const file of files) {
    const folder = /^packages\/([^/]+)\/package\.json$/.exec(file.path)?.[1]
    if (folder !== undefined) snapshots.set(folder, snapshot(file, byPath))
  }
  return snapshots
}

function snapshot(manifest: ProjectFile, byPath: ReadonlyMap<string, ProjectFile>): string {
  const { name, exports } = JSON.parse(manifest.text) as { name: string; exports: Record<string, Entry> }
  const sections = Object.entries(exports).map(([entry, target]) => {
    const path = posix.join(posix.dirname(manifest.path), target['@millrace/source'])
    return [posix.join(name, entry), ...exportedNames(path, byPath).map((one) => `  ${one}`)].join('\n')
  })
  return `${sections.join('\n')}\n`
}

export function exportedNames(path: string, byPath: ReadonlyMap<string, ProjectFile>): string[] {
  const file = byPath.get(path)
  if (!file)
    throw new Error(`${path}: an exports entry or a re-export points here, and there is no such file`)
  const names = (parse(file).body as SyntaxNode[]).flatMap((node) => {
    if (node.type === 'ExportNamedDeclaration') return namedExports(node)
    if (node.type !== 'ExportAllDeclaration') return []
    if (node.exported) return [nameOf(node.exported)]
    return exportedNames(sourceOf(path, String((node.source as SyntaxNode).value)), byPath)
  })
  return [...new Set(names)].sort()
}

function namedExports(node: SyntaxNode): string[] {
  const specifiers = (node.specifiers as SyntaxNode[]).map((specifier) => nameOf(specifier.exported))
  const declaration = node.declaration as SyntaxNode | null
  if (!declaration) return specifiers
  if (declaration.type !== 'VariableDeclaration') return [nameOf(declaration.id)]
  return (declaration.declarations as SyntaxNode[]).map((one) => nameOf(one.id))
}

function nameOf(node: unknown): string {
  const { name, value } = node as { name?: string; value?: string }
  return name ?? String(value)
}

function sourceOf(path: string, module: string): string {
  if (module.startsWith('.')) return posix.join(posix.dirname(path), module)
  return `packages/${module.replace('@millrace/', '')}/src/index.ts`
}
