import { ProgressBar } from '../../sim/src/command/progress-bar.ts'
import { randomFrom, type Random } from './sim/random.ts'

export interface Tries {
  readonly command: 'kill' | 'power' | 'owners' | 'indexeddb'
  readonly unit: 'rounds' | 'cuts'
  readonly count: number
  /** Of the first one; each next one has the next seed. It draws when to strike: what the machine does until then is its own. */
  readonly seed: number
  readonly lanes?: number
}

/** Tries so often, says how to repeat each one that `passes` said no to, and answers how many those were. */
export async function tryOften(
  { command, unit, count, seed, lanes = 1 }: Tries,
  passes: (random: Random, lane: number) => Promise<boolean>,
): Promise<number> {
  const bar = new ProgressBar(process.stderr)
  let begun = 0
  let ended = 0
  let failed = 0
  const work = async (lane: number): Promise<void> => {
    while (begun < count) {
      const own = seed + begun++
      if (!(await passes(randomFrom(own), lane))) {
        failed += 1
        console.error(`replay: npm run test:crash -- ${command} --seed ${own} --${unit} 1`)
      }
      bar.count((ended += 1), count, unit)
    }
  }
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)))
  bar.clear()
  return failed
}
