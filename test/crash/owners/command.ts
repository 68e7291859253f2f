import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { below, type Random } from '../sim/random.ts'
import { tryOften } from '../tries.ts'
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
export async function owners({
  rounds,
  seed,
}: {
  readonly rounds: number
  readonly seed: number
}): Promise<boolean> {
  const started = performance.now()
  const tally: Tally = { doubleOwners: 0, noOwner: 0, invisible: 0, acknowledged: 0 }
  const failed = await tryOften(
    { command: 'owners', unit: 'rounds', count: rounds, seed },
    async (random) => {
      const before = broken(tally)
      await contend(random, tally)
      return broken(tally) === before
    },
  )
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  console.log(
    `owners: ${rounds} rounds of ${contenders} processes, ${tally.acknowledged.toLocaleString('en')} acknowledged; ` +
      `double owners ${tally.doubleOwners}, no owner ${tally.noOwner}, acknowledged but invisible ${tally.invisible}; ${seconds} s`,
  )
  return failed === 0 && tally.acknowledged > 0
}

function broken({ doubleOwners, noOwner, invisible }: Tally): number {
  return doubleOwners + noOwner + invisible
}

async function contend(random: Random, tally: Tally): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-owners-'))
  const all = Array.from(
    { length: contenders + 1 },
    (_, number) => new ContenderProcess(directory, number + 1),
  )
  try {
    await Promise.all(all.map((one) => one.next()))
    const [first, ...others] = all as [ContenderProcess, ...ContenderProcess[]]
    await ownAndDie(first, random)
    const winner = await race(others, tally)
    if (winner)
      await rob(
        winner,
        others.find((one) => one !== winner)!,
        [first, winner],
        random,
        tally,
      )
    for (const one of all) tally.acknowledged += one.acknowledged.length
  } finally {
    await Promise.all(all.map((one) => one.kill()))
    rmSync(directory, { recursive: true, force: true })
  }
}

async function ownAndDie(first: ContenderProcess, random: Random): Promise<void> {
  first.order({ at: 0 })
  await first.next()
  await pause(below(random, workMs))
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
  random: Random,
  tally: Tally,
): Promise<void> {
  await pause(below(random, workMs))
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
