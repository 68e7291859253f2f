import type { Job } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'
import { readText } from './sealed-jobs.ts'

/** What the jobs before this one returned: by step name within a flow, by job id elsewhere. Those that did not complete are not in it. */
export async function parentResults(
  commands: CommandRunner,
  { extras }: Pick<Job, 'extras'>,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await Promise.all(
    (extras.parents ?? []).map(async ({ id }) => (await commands.run('findJob', { id })).jobs[0]),
  )
  const completed = found.filter((parent) => parent?.state === 'completed') as readonly Job[]
  // Without a prototype, so that a step may have any name.
  const results: Record<string, unknown> = Object.create(null)
  for (const parent of completed) {
    const { flow, result } = parent.extras
    const isOfThisFlow = flow !== undefined && flow.id === extras.flow?.id
    results[isOfThisFlow ? flow.step : parent.id] = result === undefined ? undefined : readText(result)
  }
  return results
}
