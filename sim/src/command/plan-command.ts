import { readObjective } from '../planner/objective.ts'
import { plan as planFor, type Plan } from '../planner/plan.ts'
import { scenarioOf, usage, type Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'
import { shortNumber, textTable } from './text-table.ts'

/** `plan <preset|file.json> --slo "p99 wait < 0.5s"`: how many workers does it take? 1 if none are enough, 3 if that could not be told. */
export async function plan(given: Arguments, { threads, bar, print }: Desktop): Promise<number> {
  const scenario = scenarioOf(given)
  const objective = given.slo === undefined ? scenario.slo[0] : readObjective(given.slo, scenario)
  if (objective === undefined) throw usage(`the scenario has no slo: give one with --slo 'p99 wait < 0.5s'`)
  let asking = 'plan'
  const result = await planFor(scenario, objective, {
    runAll: (scenarios) => {
      asking = `${scenarios[0]!.workers.count} workers`
      return threads.runAll(scenarios, (jobs) => bar.show(jobs, undefined, asking))
    },
  })
  bar.clear()
  print(given.json ? JSON.stringify(result) : planText(result, scenario.workers.concurrency))
  if (!result.decided) return 3
  return result.feasible ? 0 : 1
}

function planText(result: Plan, slots: number): string {
  const {
    workers,
    because,
    certificate,
    sensitivity,
    utilization,
    workerHoursPerMillionJobs,
    notes,
    objective,
  } = result
  const interval = (ends: Plan['interval']): string =>
    ends === null ? '-' : ends.map(shortNumber).join(' .. ')
  return [
    workers === null
      ? because
      : `${workers} workers${slots > 1 ? `, each for ${slots} jobs at once` : ''}: ${because}`,
    ...(utilization === null ? [] : [`${Math.round(100 * utilization)} % of their time in use`]),
    ...(workerHoursPerMillionJobs === null
      ? []
      : [`${shortNumber(workerHoursPerMillionJobs)} worker hours for a million jobs`]),
    textTable(
      ['workers', `${objective.metric} [s]`, 'interval', 'verdict', 'by', 'jobs'],
      certificate.probes.map((probe) => [
        String(probe.workers),
        shortNumber(probe.value),
        interval(probe.interval),
        probe.verdict,
        probe.basis,
        shortNumber(probe.jobs),
      ]),
    ),
    ...sensitivity.map(
      ({ change, value, met }) => `${change}: ${shortNumber(value)} s, ${met ? 'still met' : 'not met'}`,
    ),
    ...notes.map((note) => `note: ${note}`),
  ].join('\n')
}
