/** `npm run test:crash -- sim|kill|power|owners|indexeddb`: what a store must survive, tried out. */
import { parseArgs } from 'node:util'
import { indexedDb } from './indexeddb/command.ts'
import { kill } from './kill/command.ts'
import { owners } from './owners/command.ts'
import { power } from './power/command.ts'
import { sim, simPart } from './sim/command.ts'

const usage = `npm run test:crash -- <command> [options]
  sim     [--images 1000000] [--seed 1] [--step n]   a simulated disk: power cuts, damage, faults
  kill    [--rounds 200] [--seed 1]                  kill -9 at random times
  power   [--cuts 40] [--seed 1]                     real power cuts on ext4 and XFS (Linux, root)
  owners  [--rounds 100] [--seed 1]                  eight processes contend for one store
  indexeddb [--cuts 10] [--seed 1]                   real power cuts under a browser's profile (Linux, root)`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    step: { type: 'string' },
    rounds: { type: 'string' },
    cuts: { type: 'string' },
  },
})

async function main(): Promise<boolean> {
  const seed = Number(values.seed)
  switch (positionals[0] ?? '') {
    case 'sim':
      return sim({
        seed,
        images: Number(values.images),
        ...(values.step ? { step: Number(values.step) } : {}),
      })
    case 'sim-part':
      console.log(JSON.stringify(await simPart(seed, Number(values.images))))
      return true
    case 'kill':
      return kill({ rounds: Number(values.rounds ?? 200), seed })
    case 'power':
      return power({ cuts: Number(values.cuts ?? 40), seed })
    case 'indexeddb':
      return indexedDb({ cuts: Number(values.cuts ?? 10), seed })
    case 'owners':
      return owners({ rounds: Number(values.rounds ?? 100), seed })
    default:
      console.error(usage)
      return false
  }
}

process.exitCode = (await main().catch(report)) ? 0 : 1

function report(error: unknown): boolean {
  console.error(error instanceof Error ? error.message : error)
  const replay = /seed (\d+), step (\d+)/.exec(String(error))
  if (replay) console.error(`replay: npm run test:crash -- sim --seed ${replay[1]} --step ${replay[2]}`)
  return false
}
