import { isCode, type ProjectFile } from './project-file.ts'
import { lineOf, parse, walk, type Visit } from './syntax.ts'

const impureNames = new Set([
  'Date',
  'Promise',
  'PromiseLike',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'process',
  'console',
  'fetch',
  'globalThis',
  'structuredClone',
])

/** Ports are promises of the shells, so these files may name the type; making one is as forbidden as anywhere. */
const ports: ReadonlySet<string> = new Set(['packages/core/src/store.ts'])

/** The core is pure and synchronous: time, chance and ids come in as values. */
export function impurities(files: readonly ProjectFile[]): string[] {
  return files
    .filter((file) => isCode(file) && file.path.startsWith('packages/core/src/'))
    .flatMap((file) =>
      [...walk(parse(file))].flatMap((visit) => {
        const what = ports.has(file.path) && isTypeOnly(visit) ? undefined : impurity(visit)
        return what === undefined
          ? []
          : [`${file.path}:${lineOf(file, visit.node.start)}: ${what} in the core`]
      }),
    )
}

function impurity(visit: Visit): string | undefined {
  const { node } = visit
  if (node.async === true) return 'async'
  if (node.type === 'AwaitExpression' || node.await === true) return 'await'
  if (node.type !== 'Identifier') return undefined
  if (isProperty(visit)) return node.name === 'random' && isOfMath(visit) ? 'Math.random' : undefined
  return impureNames.has(String(node.name)) ? String(node.name) : undefined
}

/** `job.process` and `{ process: 1 }` only name a property; `job[process]` reads the variable. */
function isProperty({ parent, property }: Visit): boolean {
  return (property === 'property' || property === 'key') && parent?.computed !== true
}

function isTypeOnly({ node, parent }: Visit): boolean {
  return node.type === 'Identifier' && parent?.type === 'TSTypeReference'
}

function isOfMath({ parent }: Visit): boolean {
  const object = parent?.object
  return typeof object === 'object' && object !== null && 'name' in object && object.name === 'Math'
}
