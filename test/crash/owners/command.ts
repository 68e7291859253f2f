import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContenderProcess } from './contender-process.ts'

const contenders = 8
const startInMs = 5
const workMs = 15
const takeoverAfterMs = 20
/** A robbed owner learns it with its next number. One that does not goes on telling numbers nobody can see. */
const longestFarewellMs = 200

interface Tally {
  doubleOwners: number
  noOwner: number
  invisible: number
  acknowledged: number
}

/** `npm run test:crash -- owners`: a race for a store whose owner was killed, then a takeover from an owner that is stopped. */
export async function owners({ rounds }: { readonly rounds: number }): Promise<boolean> {
  const started = performance.now()
  const tally: Tally = { doubleOwners: 0, noOwner: 0, invisible: 0, acknowledged: 0 }
  for (let round = 0; round < rounds; round++) await contend(tally)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(
    `owners: ${rounds} rounds of ${contenders} processes, ${tally.acknowledged.toLocaleString('en')} acknowledged; ` +
      `double owners ${tally.doubleOwners}, no owner ${tally.noOwner}, acknowledged but invisible ${tally.invisible}; ${seconds} s`,
  )
  return tally.doubleOwners + tally.noOwner + tally.invisible === 0 && tally.acknowledged > 0
}

async function contend(tally: Tally): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-owners-'))
  const all = Array.from(
    { length: contenders + 1 },
    (_, number) => new ContenderProcess(directory, number + 1),
  )
  try {
    await Promise.all(all.map((one) => one.next()))
    const [first, ...others] = all as [ContenderProcess, ...ContenderProcess[]]
    await ownAndDie(first)
    const winner = await race(others, tally)
    if (winner)
      await rob(
        winner,
        others.find((one) => one !== winner)!,
        [first, winner],
        tally,
      )
    for (const one of all) tally.acknowledged += one.acknowledged.length
  } finally {
    await Promise.all(all.map((one) => one.kill()))
    rmSync(directory, { recursive: true, force: true })
  }
}

async function ownAndDie(first: ContenderProcess): Promise<void> {
  first.order({ at: 0 })
  await first.next()
  await pause(randomInt(workMs))
  await first.kill()
}

async function race(
  others: readonly ContenderProcess[],
  tally: Tally,
): Promise<ContenderProcess | undefined> {
  const at = Date.now() + startInMs
  for (const one of others) one.order({ at })
  const reports = await Promise.all(others.map((one) => one.next()))
  const winners = others.filter((_, index) => reports[index]!.kind === 'owner')
  if (winners.length > 1) tally.doubleOwners += 1
  if (winners.length === 0) tally.noOwner += 1
  return winners[0]
}

/** The owner is stopped in the middle of its work, robbed, and woken: whatever it acknowledged, ever, the new one must have found. */
async function rob(
  owner: ContenderProcess,
  robber: ContenderProcess,
  before: readonly ContenderProcess[],
  tally: Tally,
): Promise<void> {
  await pause(randomInt(workMs))
  owner.child.kill('SIGSTOP')
  robber.order({ at: 0, takeoverAfterMs })
  const report = await robber.next()
  owner.child.kill('SIGCONT')
  if (report.kind !== 'owner') {
    tally.noOwner += 1
    return
  }
  await Promise.race([owner.next(), pause(longestFarewellMs)])
  // The pipe may still hold numbers that were told before the owner learned its fate.
  await owner.kill()
  const found = new Set(report.keys)
  tally.invisible += before.flatMap((one) => one.acknowledged).filter((key) => !found.has(key)).length
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
