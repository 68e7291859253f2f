import { chart, escaped } from './chart.ts'
import type { Stretch } from './course.ts'
import type { Report } from './report.ts'

/** The report as one page that needs nothing else: its figures in words, and the course of one run as curves. */
export function htmlReport(report: Report, text: string, course: readonly Stretch[]): string {
  const { scenario } = report
  const times = course.map(({ to }) => to)
  const classes = scenario.classes.map(({ id }, index) => ({
    id,
    of: (at: Stretch) => at.measured.classes[index]!,
  }))
  const charts = [
    chart(
      'Depth: jobs waiting',
      times,
      Object.keys(scenario.queues).map((name, index) => ({
        name,
        values: course.map(({ measured }) => measured.queues[index]!.depth),
      })),
    ),
    ...classes.map(({ id, of }) =>
      chart(`Wait of ${id} in seconds`, times, [
        { name: 'p50', values: course.map((at) => of(at).wait.p50) },
        { name: 'p95', values: course.map((at) => of(at).wait.p95) },
        { name: 'p99', values: course.map((at) => of(at).wait.p99) },
      ]),
    ),
    chart('Utilisation: share of the slots in use', times, [
      { name: 'busy', values: course.map(({ measured }) => measured.utilization) },
    ]),
    chart('State flow: jobs in a backoff, waiting, and processing', times, [
      { name: 'backoff', values: course.map(({ measured }) => measured.backoff) },
      { name: 'waiting', values: course.map(({ measured }) => measured.depth) },
      { name: 'processing', values: course.map(({ measured }) => measured.system - measured.depth) },
    ]),
    chart('Jobs a second: come and done', times, [
      {
        name: 'come',
        values: course.map(({ measured }) => measured.classes.reduce((sum, one) => sum + one.arrivalRate, 0)),
      },
      { name: 'done', values: course.map(({ measured }) => measured.throughput) },
    ]),
  ]
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(scenario.name)}</title>
<style>
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 780px; margin: 2rem auto; padding: 0 1rem }
pre { overflow-x: auto; font-size: 13px }
figure { margin: 1.5rem 0 }
figcaption { font-weight: 600 }
figcaption span { font-weight: 400; margin-left: 0.8em }
svg { width: 100%; height: auto }
svg text { font-size: 11px; fill: currentColor }
.grid { stroke: currentColor; opacity: 0.15 }
</style>
<h1>${escaped(scenario.name)}</h1>
${charts.join('\n')}
<p>The curves are the course of the run with seed ${report.seed}, its warm-up included; the figures leave the warm-up out.</p>
<pre>${escaped(text)}</pre>
<details><summary>The scenario</summary><pre>${escaped(JSON.stringify(scenario, null, 2))}</pre></details>
</html>
`
}
