import { findStorm, type StormReport } from '../planner/storm.ts'
import { scenarioOf, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { textTable } from './text-table.ts'

/** `storm <preset|file.json>`: does a slow spell outlast itself, and what helps? 1 if it does. */
export async function storm(given: Arguments, { threads, bar, print }: Desktop): Promise<number> {
  const report = await findStorm(scenarioOf(given), (scenarios) =>
    threads.runAll(scenarios, (jobs) => bar.show(jobs, undefined, 'storm')),
  )
  bar.clear()
  print(given.json ? JSON.stringify(report) : stormText(report))
  return report.verdict === 'stable' ? 0 : 1
}

function stormText({ verdict, because, trials, mitigations }: StormReport): string {
  const percent = (value: number): string => `${Math.round(100 * value)} %`
  return [
    `${verdict}: ${because}`,
    textTable(
      ['slow for [s]', 'runs that stay down', 'done of what comes'],
      trials.map(({ seconds, stuck, goodput }) => [String(seconds), percent(stuck), percent(goodput)]),
    ),
    ...mitigations.map(
      ({ change, removes, goodput }) =>
        `${removes ? 'removes it' : 'does not  '}  ${change} (${percent(goodput)} done)`,
    ),
  ].join('\n')
}
