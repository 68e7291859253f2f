import { parseScenario, runOnce } from '@millrace/sim'
import { Recorder } from './recorder.ts'
import { TraceWriter, type Trace } from './trace.ts'

/** From some seconds on, another scenario holds. */
export interface Turning {
  readonly at: number
  readonly scenario: object
}

/** Runs the scenario once and answers the film of it. */
export function record(question: object, turning?: Turning): Trace {
  const scenario = parseScenario(question)
  const fork = turning && { at: turning.at, scenario: parseScenario(turning.scenario) }
  const writer = new TraceWriter()
  const names = scenario.classes.map(({ id }) => id)
  const recorder = new Recorder(
    writer,
    (name) => names.indexOf(name),
    (time) => !(fork !== undefined && time >= fork.at ? fork.scenario : scenario).retry.cancelOnTimeout,
  )
  const { hash, totals, simulatedSeconds } = runOnce(scenario, {
    machine: recorder,
    ...(fork && { fork }),
  })
  const { horizon } = scenario.stop
  return writer.close(horizon === 'none' ? simulatedSeconds : horizon, hash, totals)
}
