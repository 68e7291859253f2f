import { parseScenario, runOnce } from '@millrace/sim'
import { Recorder } from './recorder.ts'
import { TraceWriter, type Trace } from './trace.ts'

/** Runs the scenario once and answers the film of it. */
export function record(question: object): Trace {
  const scenario = parseScenario(question)
  const writer = new TraceWriter()
  const names = scenario.classes.map(({ id }) => id)
  const recorder = new Recorder(writer, (name) => names.indexOf(name), !scenario.retry.cancelOnTimeout)
  const { hash, totals, simulatedSeconds } = runOnce(scenario, { machine: recorder })
  const { horizon } = scenario.stop
  return writer.close(horizon === 'none' ? simulatedSeconds : horizon, hash, totals)
}
