import { runOnce, type Outcome } from '../report/outcome.ts'
import { together } from '../report/replicated.ts'
import { replications } from '../report/replications.ts'
import { reportOn } from '../report/report.ts'
import { eventsInCommon, trailOf, type Trail } from '../report/trail.ts'
import { parseScenario } from '../scenario/parse.ts'
import { number } from '../scenario/shape.ts'
import { readPlan } from '../worlds/read-plan.ts'
import { usage, type Arguments } from './arguments.ts'
import { replayWorld } from './check-command.ts'
import type { Desktop } from './desktop.ts'
import { objectIn } from './files.ts'
import { reportText } from './report-text.ts'

/** `replay <file.json>`: runs a report's scenario, or a scenario twice, and compares to the last event; 1 if they differ. */
export async function replay(given: Arguments, desktop: Desktop): Promise<number> {
  if (given.subject === undefined) throw usage('name the file of a scenario, or of what `run --json` printed')
  const value = objectIn(given.subject)
  if ('world' in value) return await replayWorld(readPlan(value), given, desktop)
  return typeof value.hash === 'string'
    ? replayReport(value, value.hash, given, desktop)
    : replayScenario(value, given, desktop)
}

const replicationCount = number({ min: 1, max: 10_000, whole: true })

async function replayReport(
  report: Readonly<Record<string, unknown>>,
  hash: string,
  given: Arguments,
  { threads, print }: Desktop,
): Promise<number> {
  const scenario = parseScenario(report.scenario)
  const count = replicationCount.read(report.replications ?? 1, 'replications')
  const startedAt = performance.now()
  const outcomes = await threads.runAll(replications(scenario, count))
  const again = reportOn(together(scenario, outcomes), (performance.now() - startedAt) / 1_000)
  const same = again.hash === hash
  const parting = same ? null : partingOf(report.runs, outcomes)
  if (given.json) print(JSON.stringify({ same, hash, again: again.hash, ...parting }))
  else {
    print(reportText(again))
    print(same ? `the same to the last event: ${hash}` : `DIFFERENT: was ${hash}, is ${again.hash}`)
    if (parting !== null) print(partingText(parting))
  }
  return same ? 0 : 1
}

function replayScenario(value: unknown, given: Arguments, { print }: Desktop): number {
  const scenario = parseScenario(value)
  const [first, second] = [runOnce(scenario), runOnce(scenario)]
  const same = first.hash === second.hash
  const parting = same ? null : partingOf([trailOf(first, Infinity)], [second])
  if (given.json) print(JSON.stringify({ same, hash: first.hash, again: second.hash, ...parting }))
  else if (same) print(`the same to the last of ${first.events} events: ${first.hash}`)
  else
    print(`DIFFERENT: ${first.hash} and ${second.hash}${parting === null ? '' : `; ${partingText(parting)}`}`)
  return same ? 0 : 1
}

interface Parting {
  readonly seed: number
  readonly events: number
  readonly within: number
}

/** The first run that differs, and how far it went along; null if the report does not say how its runs went. */
function partingOf(runs: unknown, outcomes: readonly Outcome[]): Parting | null {
  const trails = Array.isArray(runs) ? (runs as readonly (Trail | null)[]) : []
  const differs = trails.findIndex((trail, index) => trail?.hash !== outcomes[index]?.hash)
  const trail = trails[differs]
  const outcome = outcomes[differs]
  if (!Array.isArray(trail?.checkpoints) || outcome === undefined) return null
  return { seed: trail.seed, events: eventsInCommon(trail, outcome), within: trail.every }
}

function partingText({ seed, events, within }: Parting): string {
  return `the run of seed ${seed} is the same for ${events} events and parts within ${within} more`
}
