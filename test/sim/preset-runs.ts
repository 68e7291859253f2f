import { parseScenario } from '../../sim/src/scenario/parse.ts'
import { presets } from '../../sim/src/scenario/presets.ts'
import { runOnce } from '../../sim/src/report/outcome.ts'
import { planOf } from '../../sim/src/worlds/plan.ts'
import { runWorld } from '../../sim/src/worlds/run-world.ts'

const jobs = 5_000

/** The fingerprints of short runs of every preset. They are the same in every engine. */
export function fingerprints(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, { scenario }] of presets)
    found[name] = runOnce(parseScenario({ ...scenario, stop: { ...scenario.stop, jobs } })).hash
  return found
}

/** The same runs, each forked in its middle into itself. */
export function forkedFingerprints(): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, { scenario: preset }] of presets) {
    const scenario = parseScenario({ ...preset, stop: { ...preset.stop, jobs } })
    const at = runOnce(scenario).simulatedSeconds / 2
    found[name] = runOnce(scenario, { fork: { at, scenario } }).hash
  }
  return found
}

/** The one of a small world, in which the runtime works too. */
export async function worldFingerprint(): Promise<string> {
  return (await runWorld(planOf(1, 5))).hash
}
