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
