/** The simulator: scenarios in, statistics with intervals out, from the production core in virtual time. */
export type { Fork } from './capacity/fork.ts'
export { liveMachine, tableMachine, type Machine } from './capacity/machine.ts'
export { readObjective } from './planner/objective.ts'
export { plan, type Certificate, type Plan, type PlanOptions, type Sensitivity } from './planner/plan.ts'
export { findStorm, type Mitigation, type StormReport, type Trial } from './planner/storm.ts'
export { patient, type Patience, type Probe } from './planner/probe.ts'
export { runOnce, type Outcome, type RunOptions, type Totals } from './report/outcome.ts'
export { together, type Replicated } from './report/replicated.ts'
export { replications, runInTurn, type RunAll } from './report/replications.ts'
export {
  reportOn,
  type ClassReport,
  type DurationReport,
  type Ends,
  type LevelReport,
  type ObjectiveReport,
  type Report,
} from './report/report.ts'
export { canonicalText, scenarioFromLink, scenarioId, scenarioToLink } from './scenario/canonical.ts'
export { parseScenario, readScenario } from './scenario/parse.ts'
export { presets, type Preset } from './scenario/presets.ts'
export type * from './scenario/scenario.ts'
export { scenarioSchema } from './scenario/schema.ts'
export type { Interval } from './statistics/interval.ts'
export { theoryOf } from './theory/applicable.ts'
export type { ClassTheory, Theory, TheoryValues } from './theory/theory.ts'
