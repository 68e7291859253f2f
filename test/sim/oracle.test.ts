import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judge, strict, type OracleCase, type Strictness } from '../../sim/src/oracle/judge.ts'
import { runInTurn } from '../../sim/src/report/replications.ts'
import { studentQuantile } from '../../sim/src/statistics/student.ts'
import { deep } from '../depth.ts'

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, '../../sim/oracle.json'), 'utf8')) as {
  cases: readonly OracleCase[]
}

// `npm run sim -- oracle` asks for intervals of a per cent; this is a look whether anything is badly wrong.
const short: Strictness = { ...strict, replications: 10, jobs: 5_000, mostJobs: 5_000 }
const full: Strictness = { ...strict, halfWidth: 0.05, halfWidthP99: 0.1 }
const farOut = studentQuantile(1 - 1e-5, short.replications - 1)

test.for(cases)('$id agrees with theory', async (one) => {
  const verdicts = await judge(one, deep ? full : short, runInTurn)
  expect(verdicts.map(({ metric }) => metric)).toEqual(Object.keys(one.expect))
  for (const { metric, z, found, exact } of verdicts) {
    const says = `${metric}: ${found} where theory has ${exact}`
    expect(Math.abs(z), says).toBeLessThanOrEqual(deep ? 4 : farOut)
    if (exact > 0.01) expect(Math.abs(found / exact - 1), says).toBeLessThan(deep ? 0.1 : 0.4)
  }
})
