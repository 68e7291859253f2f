import { isCode, isSource, type ProjectFile } from './project-file.ts'
import { parse, walk, type SyntaxNode } from './syntax.ts'

const lineLimit = 300

/** Sources agreed to be longer, each with its limit. */
const longerByAgreement: Readonly<Record<string, number>> = {}

export function tooLong(files: readonly ProjectFile[]): string[] {
  return files.filter(isSource).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length
    const limit = longerByAgreement[file.path] ?? lineLimit
    return lines > limit ? [`${file.path}: ${lines} lines, the limit is ${limit}`] : []
  })
}

/** A drawer is a name that says nothing about what is inside. */
export function drawers(files: readonly ProjectFile[]): string[] {
  return files
    .filter((file) => /(^|\/)(utils?|helpers?|common|types)(\.[^/]*)?(\/|$)/i.test(file.path))
    .map((file) => `${file.path}: name the concept, not the drawer`)
}

export function defaultExports(files: readonly ProjectFile[]): string[] {
  return files
    .filter((file) => isCode(file) && file.path !== 'vite.config.ts')
    .filter((file) => [...walk(parse(file))].some(({ node }) => isDefaultExport(node)))
    .map((file) => `${file.path}: exports by name only`)
}

function isDefaultExport(node: SyntaxNode): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true
  return node.type === 'ExportSpecifier' && (node.exported as SyntaxNode).name === 'default'
}

// Put together from pieces, so that this file passes its own check.
const bannedWords: readonly RegExp[] = [
  new RegExp(`(^|[\\s"'\`(=:])/${'work'}/`, 'm'),
  new RegExp(`(^|[\\s"'\`(=:])/${'root'}(/|\\b)`, 'm'),
  new RegExp(`https?://[^\\s/"']*${'registry'}\\b`),
  new RegExp(`${'registry'}\\.(npmjs|yarnpkg)\\.`),
  new RegExp(`"resolved": "${'http'}`),
]

/** Paths of one machine and hosts of a package registry mean nothing to anyone else. */
export function banned(files: readonly ProjectFile[]): string[] {
  return files.flatMap((file) =>
    bannedWords
      .map((word) => word.exec(file.text)?.[0].trim())
      .filter((hit) => hit !== undefined)
      .map((hit) => `${file.path}: contains ${hit}`),
  )
}
