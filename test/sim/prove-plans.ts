import { parseArgs } from 'node:util'
import { Threads } from '../../sim/src/command/threads.ts'
import { readObjective } from '../../sim/src/planner/objective.ts'
import { plan } from '../../sim/src/planner/plan.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'

/**
 * `npm run test:plans -- [--seeds N] [--simulation]`: asks the planner questions whose answers are known, once for each seed,
 * and counts how often it is exactly right. With `--simulation` theory is left aside.
 */
const questions = [
  { rate: 200, mean: 0.25, slo: 'p99 wait < 0.5s', workers: 53 },
  { rate: 200, mean: 0.25, slo: 'p99 wait < 0.1s', workers: 58 },
  { rate: 3, mean: 2, slo: 'p99 sojourn < 10s', workers: 8 },
  { rate: 20, mean: 0.5, slo: 'p99 sojourn < 2s', workers: null },
] as const
const share = 0.95

const { values } = parseArgs({ options: { seeds: { type: 'string' }, simulation: { type: 'boolean' } } })
const seeds = Number(values.seeds ?? 100)
const basis = values.simulation === true ? 'simulation' : 'any'
const threads = new Threads()
for (const { rate, mean, slo, workers } of questions) {
  let right = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const scenario = parseScenario({
      v: 1,
      name: 'known',
      seed,
      classes: [{ id: 'a', arrivals: { kind: 'poisson', rate }, service: { dist: 'exponential', mean } }],
    })
    const found = await plan(scenario, readObjective(slo, scenario), { runAll: threads.runAll, basis })
    const isRight = found.workers === workers && found.feasible === (workers !== null) && found.decided
    if (isRight) right++
    else console.log(`seed ${seed}: ${found.workers}, ${found.because}`)
  }
  if (right < share * seeds) process.exitCode = 1
  const question = `${rate}/s of ${mean} s, ${slo}`
  console.log(
    `${question}: ${workers ?? 'infeasible'} in ${right} of ${seeds} seeds (${basis === 'any' ? 'theory where there is one' : 'by simulation alone'})`,
  )
}
await threads.close()
