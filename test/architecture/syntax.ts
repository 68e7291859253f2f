import { parseSync } from 'vite'
import type { ProjectFile } from './project-file.ts'

export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly [property: string]: unknown
}

export function parse(file: ProjectFile): SyntaxNode {
  const { program, errors } = parseSync(file.path, file.text)
  if (errors[0]) throw new SyntaxError(`${file.path}: ${errors[0].message}`)
  return program as unknown as SyntaxNode
}

/** Every node, with its parent and the name of the property it hangs on. */
export function* walk(node: SyntaxNode, parent?: SyntaxNode, property = ''): Generator<Visit> {
  yield { node, parent, property }
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child, node, name)
    }
  }
}

export interface Visit {
  readonly node: SyntaxNode
  readonly parent: SyntaxNode | undefined
  readonly property: string
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The modules a file names in import, export from, import() and import types. */
export function importedModules(file: ProjectFile): string[] {
  const found = new Set<string>()
  for (const { node } of walk(parse(file))) {
    if (!/^(Import|Export|TSImportType)/.test(node.type)) continue
    const name = isNode(node.source) ? node.source.value : undefined
    if (typeof name === 'string') found.add(name)
  }
  return [...found]
}

export function lineOf(file: ProjectFile, offset: number): number {
  return file.text.slice(0, offset).split('\n').length
}
