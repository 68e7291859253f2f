import { parseScenario, patient, plan, readObjective, runInTurn } from '@millrace/sim'

const scenario = parseScenario({
  v: 1,
  name: 'friday',
  classes: [
    {
      id: 'checkout',
      arrivals: { kind: 'poisson', rate: 150 },
      service: { dist: 'exponential', mean: '40ms' },
    },
  ],
})

const answer = await plan(scenario, readObjective('p99 wait < 0.5s', scenario), {
  runAll: runInTurn,
  patience: { ...patient, jobs: 2_000, mostJobs: 40_000 },
})
console.log(answer.workers, answer.because)
