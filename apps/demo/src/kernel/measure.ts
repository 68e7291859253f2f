import { parseScenario, replications, reportOn, runInTurn, together, type Report } from '@millrace/sim'

/** Runs the scenario so many times and answers what is known of it, with intervals, and theory beside it. */
export async function measure(question: object, count: number): Promise<Report> {
  const scenario = parseScenario(question)
  const started = performance.now()
  const outcomes = await runInTurn(replications(scenario, count))
  return reportOn(together(scenario, outcomes), (performance.now() - started) / 1_000)
}
