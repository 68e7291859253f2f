import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ledger, storedUpTo } from '../ledger.ts'
import { below } from '../sim/random.ts'
import { tryOften } from '../tries.ts'

const lanes = 4
const longestLifeMs = 120

/** `npm run test:crash -- kill`: kill -9 at a random time, again and again, on the same stores. */
export async function kill({
  rounds,
  seed,
}: {
  readonly rounds: number
  readonly seed: number
}): Promise<boolean> {
  const started = performance.now()
  const directories = Array.from({ length: lanes }, () => mkdtempSync(join(tmpdir(), 'millrace-kill-')))
  let acknowledged = 0
  try {
    const failed = await tryOften(
      { command: 'kill', unit: 'rounds', count: rounds, seed, lanes },
      async (random, lane) => {
        const ledger = new Ledger(directories[lane]!)
        await ledger.afterAWhile(below(random, longestLifeMs))
        ledger.child.kill('SIGKILL')
        await ledger.ended
        acknowledged += ledger.acknowledged.length
        return isWhole(directories[lane]!, ledger)
      },
    )
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    console.log(
      `kill -9: ${rounds} rounds, ${acknowledged.toLocaleString('en')} acknowledged, ${failed} rounds with a loss, ${seconds} s`,
    )
    return failed === 0 && acknowledged > 0
  } finally {
    for (const directory of directories) rmSync(directory, { recursive: true, force: true })
  }
}

function isWhole(directory: string, { acknowledged, errors }: Ledger): boolean {
  const last = Math.max(0, ...acknowledged.map(({ key }) => key))
  try {
    const stored = storedUpTo(directory)
    if (stored >= last && errors === '') return true
    console.error(`acknowledged up to ${last}, stored up to ${stored} ${errors}`)
  } catch (error) {
    console.error(String(error))
  }
  return false
}
