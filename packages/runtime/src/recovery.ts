import type { Store } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'

const pageSize = 1_000

// Only the first runtime on a store object may conclude that whoever holds a lease is dead: the second one's neighbours are alive.
const recovered = new WeakSet<Store>()

/**
 * On a store that one process owns, every lease found at the start is one of an earlier process, which is gone:
 * its jobs are taken back now and not when their leases end.
 */
export async function recover(commands: CommandRunner): Promise<void> {
  const { store } = commands
  if (store.supports.sharing || recovered.has(store)) return
  recovered.add(store)
  const gone = await ownersOfLeases(commands)
  if (gone.length > 0) await commands.run('reap', { limit: pageSize, gone })
}

async function ownersOfLeases(commands: CommandRunner): Promise<readonly string[]> {
  const owners = new Set<string>()
  for (let after = -1, isLast = false; !isLast;) {
    const { jobs } = await commands.run('listJobs', { state: 'processing', after, limit: pageSize })
    for (const { owner } of jobs) owners.add(owner)
    after = jobs.at(-1)?.seq ?? after
    isLast = jobs.length < pageSize
  }
  return [...owners]
}
