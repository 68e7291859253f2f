import { courseOf } from '../report/course.ts'
import { htmlReport } from '../report/html-report.ts'
import { together } from '../report/replicated.ts'
import { replications } from '../report/replications.ts'
import { reportOn, type Report } from '../report/report.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { journeysOf } from '../trace/journey.ts'
import { kindsOf } from '../trace/kinds.ts'
import { replayed } from '../trace/scenarios.ts'
import { scenarioOf, usage, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { write } from './files.ts'
import { reportText } from './report-text.ts'
import { traceOf } from './trace-file.ts'

/** `run <preset|file.json>`, or `run --replay trace.jsonl`: what happens in this scenario? */
export async function run(given: Arguments, desktop: Desktop): Promise<number> {
  const report =
    given.replay === undefined
      ? await answer(scenarioOf(given), given.replications, desktop)
      : await replayAnswer(given, given.replay, desktop)
  if (given.html !== undefined)
    write(given.html, htmlReport(report, reportText(report), courseOf(report.scenario)))
  desktop.print(given.json ? JSON.stringify(report) : reportText(report))
  return 0
}

/** The recorded jobs with their own luck. */
async function replayAnswer(given: Arguments, path: string, desktop: Desktop): Promise<Report> {
  if (given.subject !== undefined)
    throw usage(`--replay brings its own scenario: leave out ${given.subject}, or calibrate the trace`)
  if (given.seed !== undefined || given.replications > 1)
    throw usage('--replay has nothing to draw: leave out --seed and --replications')
  const trace = traceOf(path)
  const journeys = journeysOf(trace)
  const report = await answer(replayed(trace, journeys, kindsOf(journeys)), 1, desktop)
  return { ...report, notes: [...report.notes, ...journeys.notes] }
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
