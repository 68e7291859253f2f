import { writeFileSync } from 'node:fs'
import { courseOf } from '../report/course.ts'
import { htmlReport } from '../report/html-report.ts'
import { together } from '../report/replicated.ts'
import { replications } from '../report/replications.ts'
import { reportOn, type Report } from '../report/report.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { scenarioOf, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { reportText } from './report-text.ts'

/** `run <preset|file.json>`: what happens in this scenario? */
export async function run(given: Arguments, desktop: Desktop): Promise<number> {
  const report = await answer(scenarioOf(given), given.replications, desktop)
  if (given.html !== undefined)
    writeFileSync(given.html, htmlReport(report, reportText(report), courseOf(report.scenario)))
  desktop.print(given.json ? JSON.stringify(report) : reportText(report))
  return 0
}

async function answer(scenario: Scenario, count: number, { threads, bar }: Desktop): Promise<Report> {
  const startedAt = performance.now()
  const expected = scenario.stop.jobs === 'unlimited' ? undefined : scenario.stop.jobs
  const byPrecision = scenario.stop.halfWidth !== 'none'
  const outcomes = await threads.runAll(replications(scenario, count), (jobs) => {
    const all = expected === undefined ? undefined : byPrecision ? expected : expected * count
    bar.show(jobs, all && jobs / all, scenario.name)
  })
  bar.clear()
  return reportOn(together(scenario, outcomes), (performance.now() - startedAt) / 1_000)
}
