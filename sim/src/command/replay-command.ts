import { runOnce } from '../report/outcome.ts'
import { together } from '../report/replicated.ts'
import { replications } from '../report/replications.ts'
import { reportOn } from '../report/report.ts'
import { checkpointEvery } from '../kernel/rolling-hash.ts'
import { parseScenario } from '../scenario/parse.ts'
import type { WorldPlan } from '../worlds/plan.ts'
import { usage, type Arguments } from './arguments.ts'
import { replayWorld } from './check-command.ts'
import type { Desktop } from './desktop.ts'
import { objectIn } from './files.ts'
import { reportText } from './report-text.ts'

/** `replay <file.json>`: runs a report's scenario, or a scenario twice, and compares to the last event; 1 if they differ. */
export async function replay(given: Arguments, desktop: Desktop): Promise<number> {
  if (given.subject === undefined) throw usage('name the file of a scenario, or of what `run --json` printed')
  const value = objectIn(given.subject)
  if ('world' in value && !Array.isArray(value.steps))
    throw usage(`${given.subject} is no world that \`check --seed N\` wrote: it has no steps`)
  if ('world' in value) return await replayWorld(value as unknown as WorldPlan, given, desktop)
  return typeof value.hash === 'string'
    ? replayReport(value, value.hash, given, desktop)
    : replayScenario(value, given, desktop)
}

async function replayReport(
  report: Readonly<Record<string, unknown>>,
  hash: string,
  given: Arguments,
  { threads, print }: Desktop,
): Promise<number> {
  const scenario = parseScenario(report.scenario)
  const startedAt = performance.now()
  const outcomes = await threads.runAll(replications(scenario, Number(report.replications ?? 1)))
  const again = reportOn(together(scenario, outcomes), (performance.now() - startedAt) / 1_000)
  const same = again.hash === hash
  if (given.json) print(JSON.stringify({ same, hash, again: again.hash }))
  else {
    print(reportText(again))
    print(same ? `the same to the last event: ${hash}` : `DIFFERENT: was ${hash}, is ${again.hash}`)
  }
  return same ? 0 : 1
}

function replayScenario(value: unknown, given: Arguments, { print }: Desktop): number {
  const scenario = parseScenario(value)
  const [first, second] = [runOnce(scenario), runOnce(scenario)]
  const same = first.hash === second.hash
  const at = first.checkpoints.findIndex((digest, index) => digest !== second.checkpoints[index])
  const divergesAfter = same ? null : Math.max(0, at) * checkpointEvery
  if (given.json) print(JSON.stringify({ same, hash: first.hash, again: second.hash, divergesAfter }))
  else if (same) print(`the same to the last of ${first.events} events: ${first.hash}`)
  else print(`DIFFERENT after event ${divergesAfter}: ${first.hash} and ${second.hash}`)
  return same ? 0 : 1
}
