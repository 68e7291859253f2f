import { expect, test } from 'vitest'
import { courseOf } from '../../sim/src/report/course.ts'
import { htmlReport } from '../../sim/src/report/html-report.ts'
import { runOnce } from '../../sim/src/report/outcome.ts'
import { together } from '../../sim/src/report/replicated.ts'
import { reportOn } from '../../sim/src/report/report.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'

const scenario = parseScenario({
  v: 1,
  name: 'page',
  classes: [{ id: 'a', arrivals: { kind: 'poisson', rate: 0.8 }, service: { dist: 'exponential', mean: 1 } }],
  stop: { jobs: 20_000 },
})

test('the course of a run is the run, stretch by stretch', () => {
  const course = courseOf(scenario)
  expect(course.length).toBeGreaterThan(50)
  for (const [index, { from, to }] of course.entries()) {
    expect(to).toBeGreaterThan(from)
    if (index > 0) expect(from).toBe(course[index - 1]!.to)
  }
  const done = course.reduce((sum, { from, to, measured }) => sum + (to - from) * measured.throughput, 0)
  // The last ones end when no more arrive.
  expect(done).toBeGreaterThan(19_900)
  expect(done).toBeLessThanOrEqual(20_000.5)
})

test('the page needs nothing else, and text is text', () => {
  const report = reportOn(together(scenario, [runOnce(scenario)]), 1)
  const page = htmlReport(report, 'wait < 1 & "more"', courseOf(scenario))
  expect(page.match(/<svg/g)).toHaveLength(5)
  expect(page).not.toMatch(/<script|https?:|NaN|Infinity/)
  expect(page).toContain('wait &lt; 1 &amp; &quot;more&quot;')
})
