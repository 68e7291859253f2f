import { MillraceError } from './error.ts'
import type { Parent } from './job.ts'

/** What a job's parents say so far: some still run, all ended well enough, or one ended in a way that decides this job too. */
export function verdict(parents: readonly Parent[] | undefined): 'waiting' | 'go' | 'fail' | 'skip' {
  if (parents === undefined) return 'go'
  let waiting = false
  for (const parent of parents) {
    if (parent.ended === undefined) waiting = true
    else if (parent.ended !== 'completed' && parent.onFailure !== 'continue') return parent.onFailure
  }
  return waiting ? 'waiting' : 'go'
}

/** The same parents, with what is known now of this one. */
export function withEnded(
  parents: readonly Parent[],
  id: string,
  ended: NonNullable<Parent['ended']>,
): readonly Parent[] {
  return parents.map((parent) => (parent.id === id ? { ...parent, ended } : parent))
}

/** A step as a user names it: what it comes after. */
export interface FlowNode {
  readonly id: string
  readonly after: readonly string[]
}

/** The steps, each behind all it comes after. Throws `FLOW_INVALID` for a step named twice, an unknown parent, or a cycle. */
export function inOrder<Node extends FlowNode>(nodes: readonly Node[]): readonly Node[] {
  const left = new Map(nodes.map((node) => [node.id, node]))
  if (left.size < nodes.length) throw invalid(`two steps are named ${repeated(nodes)}; give each its own id`)
  for (const { id, after } of nodes)
    for (const parent of after)
      if (!left.has(parent)) throw invalid(`step ${id} comes after ${parent}, which is no step of this flow`)
  const ordered: Node[] = []
  while (left.size > 0) {
    const next = [...left.values()].filter((node) => !node.after.some((parent) => left.has(parent)))
    if (next.length === 0) throw invalid(`these steps wait for each other: ${[...left.keys()].join(', ')}`)
    for (const node of next) left.delete(node.id)
    ordered.push(...next)
  }
  return ordered
}

function repeated(nodes: readonly FlowNode[]): string {
  return nodes.map(({ id }) => id).find((id, index, ids) => ids.indexOf(id) < index) ?? ''
}

function invalid(message: string): MillraceError {
  return new MillraceError('FLOW_INVALID', message, { outcome: 'no' })
}
