import { parseScenario, plan, readObjective, runInTurn, type Patience, type Plan } from '@millrace/sim'

/** Enough for a page: a second or two. */
const brisk: Patience = {
  replications: 8,
  jobs: 4_000,
  mostJobs: 250_000,
  indifference: 0.02,
  confidence: 0.99,
}

/** How many workers the objective takes, with the certificate. */
export function staff(question: object, objective: string): Promise<Plan> {
  const scenario = parseScenario(question)
  return plan(scenario, readObjective(objective, scenario), { runAll: runInTurn, patience: brisk })
}
