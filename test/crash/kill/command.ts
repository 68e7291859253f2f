import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ledger, storedUpTo } from '../ledger.ts'

const lanes = 4
const longestLifeMs = 120

/** `npm run test:crash -- kill`: kill -9 at a random time, again and again, on the same stores. */
export async function kill({ rounds }: { readonly rounds: number }): Promise<boolean> {
  const started = performance.now()
  const totals = { acknowledged: 0, failed: 0 }
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) => killInLane(Math.ceil((rounds - lane) / lanes), totals)),
  )
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(
    `kill -9: ${rounds} rounds, ${totals.acknowledged.toLocaleString('en')} acknowledged, ${totals.failed} rounds with a loss, ${seconds} s`,
  )
  return totals.failed === 0 && totals.acknowledged > 0
}

async function killInLane(rounds: number, totals: { acknowledged: number; failed: number }): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-kill-'))
  try {
    for (let round = 0; round < rounds; round++) {
      const ledger = new Ledger(directory)
      await ledger.afterAWhile(randomInt(longestLifeMs))
      ledger.child.kill('SIGKILL')
      await ledger.ended
      totals.acknowledged += ledger.acknowledged.length
      if (!isWhole(directory, ledger)) totals.failed += 1
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
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
