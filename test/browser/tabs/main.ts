/** `npm run test:tabs -- --seed N --rounds R`: tabs that come and go, and how soon others take over; R rounds from seed N on. */
import { parseArgs } from 'node:util'
import { chaos } from './chaos.ts'
import { failover } from './failover.ts'
import { Tabs } from './tab-lab.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '5' } },
})
let faults = 0

function fault(message: string): void {
  faults++
  console.log(`FAULT  ${message}`)
}

async function measure(
  what: string,
  limitMs: number,
  run: (tabs: Tabs) => Promise<{ readonly ms: number }>,
): Promise<void> {
  await using tabs = await Tabs.open()
  const { ms } = await run(tabs)
  console.log(`${what}: ${ms.toFixed(0)} ms (limit ${limitMs})`)
  if (ms > limitMs) fault(`${what} took ${ms.toFixed(0)} ms`)
}

const firstSeed = Number(values.seed)
for (let seed = firstSeed; seed < firstSeed + Number(values.rounds); seed++) {
  const round = await chaos(seed)
  const told = Object.entries(round.deeds).map(([deed, times]) => `${deed} ${times}`)
  console.log(`seed ${seed}: ${told.join(', ')}; ${round.visits} visits, ${round.seconds.toFixed(1)} s`)
  for (const one of round.faults) fault(`${one}. replay: npm run test:tabs -- --seed ${seed} --rounds 1`)
}
await measure('takeover after a close', 200, (tabs) => failover(tabs, (first) => first.close()))
await measure('takeover after a crash', 200, (tabs) => failover(tabs, (first) => first.crash()))
await measure('takeover after a freeze', 100, (tabs) => failover(tabs, (first) => first.setFrozen(true)))
const deaf = { hears: false } as const
await measure('takeover after a freeze without an event', 65_000, (tabs) =>
  failover(tabs, (first) => first.setFrozen(true), deaf),
)
await measure('the same with a lease of ten minutes: the lock is stolen', 66_000, (tabs) =>
  failover(tabs, (first) => first.setFrozen(true), { ...deaf, lease: '600s' }),
)
console.log(faults === 0 ? 'all promises kept' : `${faults} promises broken`)
process.exitCode = faults === 0 ? 0 : 1
