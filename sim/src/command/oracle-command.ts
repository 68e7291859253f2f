import { join } from 'node:path'
import { judge, strict, type OracleCase, type Strictness, type Verdict } from '../oracle/judge.ts'
import { parseScenario } from '../scenario/parse.ts'
import { usage, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { objectIn } from './files.ts'
import { shortNumber, textTable } from './text-table.ts'

const ownCases = join(import.meta.dirname, '../../oracle.json')

/** One round, to look whether anything is badly wrong. */
const quick: Strictness = { ...strict, halfWidth: 0.2, halfWidthP99: 0.3, replications: 20, jobs: 20_000 }

/** `oracle [file.json]`: exact values beside simulated ones; 1 if one of them is missed. */
export async function oracle(given: Arguments, desktop: Desktop): Promise<number> {
  const path = given.subject ?? ownCases
  const { cases } = objectIn(path) as { readonly cases?: readonly OracleCase[] }
  if (!Array.isArray(cases)) throw usage(`${path} has no cases: see sim/oracle.json for what they look like`)
  // All are read before the first is run, which may take minutes.
  for (const one of cases) checkCase(one, path)
  const verdicts: Verdict[] = []
  for (const one of cases) {
    const runAll: typeof desktop.threads.runAll = (scenarios) =>
      desktop.threads.runAll(scenarios, (jobs) => desktop.bar.show(jobs, undefined, one.id))
    verdicts.push(...(await judge(one, given.quick ? quick : strict, runAll)))
  }
  desktop.bar.clear()
  const failed = verdicts.filter(({ passed }) => !passed).length
  if (given.json) desktop.print(JSON.stringify({ passed: verdicts.length - failed, failed, verdicts }))
  else desktop.print(`${table(verdicts)}\n${verdicts.length - failed} of ${verdicts.length} values hold`)
  return failed === 0 ? 0 : 1
}

function checkCase({ id, scenario }: OracleCase, path: string): void {
  try {
    parseScenario(scenario)
  } catch (error) {
    throw usage(`${path}, case ${id}: ${(error as Error).message}`)
  }
}

function table(verdicts: readonly Verdict[]): string {
  const header = ['case', 'value', 'exact', 'found', 'error %', 'half-width %', 'z', 'jobs', '']
  return textTable(
    header,
    verdicts.map((one) => [
      one.id,
      one.metric,
      shortNumber(one.exact),
      shortNumber(one.found),
      one.errorPercent.toFixed(3),
      one.halfWidthPercent.toFixed(3),
      one.z.toFixed(2),
      shortNumber(one.jobs),
      one.passed ? 'ok' : 'MISSED',
    ]),
  )
}
