import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One text file of the project; the path is relative to the root and written with slashes. */
export interface ProjectFile {
  readonly path: string
  readonly text: string
}

const skippedFolders = new Set(['node_modules', 'dist', 'coverage', 'scratch', 'out', '.git', '.vite'])
const textFile = /(\.(ts|tsx|js|json|md|html|css|sql|sh|txt|yml|yaml)|\/run|^LICENSE|\.npmrc|\.gitignore)$/

export function readProject(root: string): ProjectFile[] {
  return pathsUnder(root, '')
    .filter((path) => textFile.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function pathsUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : pathsUnder(root, path)
    return entry.isFile() ? [path] : []
  })
}

export function isCode(file: ProjectFile): boolean {
  return /\.tsx?$/.test(file.path)
}

/** Sources that users read: everything in packages, apps and sim, not tests and settings. */
export function isSource(file: ProjectFile): boolean {
  return isCode(file) && /^(packages\/[^/]+\/src|apps|sim)\//.test(file.path)
}

/** `packages/core`, `apps/cli`, `sim`, `test`, or nothing for a file at the root. */
export function unitOf(path: string): string | undefined {
  return /^((packages|apps)\/[^/]+|sim|test)\//.exec(path)?.[1]
}
