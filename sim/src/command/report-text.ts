import type { ClassReport, Ends, Report } from '../report/report.ts'
import type { ClassTheory } from '../theory/theory.ts'
import { shortNumber, textTable } from './text-table.ts'

/** A report for people: each value with its interval and, where there is one, the exact value. */
export function reportText(report: Report): string {
  return [
    heading(report),
    textTable(['', 'value', '95 % interval', 'theory'], rows(report)),
    ...report.slo.map(
      ({ metric, class: ofClass, lt, value, met }) =>
        `${metric}${ofClass === undefined ? '' : ` of ${ofClass}`} < ${lt} s: ${met} (${shortNumber(value)} s)`,
    ),
    ...report.notes.map((note) => `note: ${note}`),
  ].join('\n')
}

function heading(report: Report): string {
  const { scenario, seed, hash, replications, theory } = report
  const runs = replications === 1 ? 'one run' : `${replications} runs`
  return [
    `${scenario.name}, seed ${seed}, ${runs}, hash ${hash}${theory === null ? '' : `, theory ${theory.model}`}`,
    `${shortNumber(report.jobs)} jobs in ${shortNumber(report.simulatedSeconds)} s of virtual time, ` +
      `${shortNumber(Math.round(report.jobsPerSecond))} a second of real time`,
    `accepted ${shortNumber(report.accepted)}, rejected ${shortNumber(report.rejected)}, ` +
      `completed ${shortNumber(report.completed)}, dead ${shortNumber(report.dead)}, ` +
      `expired ${shortNumber(report.expired)}, unfinished ${shortNumber(report.unfinished)}, ` +
      `attempts ${shortNumber(report.attempts)}`,
  ].join('\n')
}

type Row = readonly [name: string, value: string, interval: string, theory: string]

function rows({
  utilization,
  utilizationCi,
  depth,
  system,
  backoff,
  classes,
  theory,
}: Report): readonly Row[] {
  const exact = theory?.values
  return [
    row('utilization', utilization, utilizationCi, exact?.utilization),
    row('enqueued, mean', depth.mean, depth.ci, exact?.depth),
    row('enqueued, most', depth.max, null, undefined),
    row('in the system, mean', system.mean, system.ci, exact?.system),
    ...(backoff.mean > 0 ? [row('in backoff, mean', backoff.mean, backoff.ci, exact?.backoff)] : []),
    ...Object.entries(classes).flatMap(([id, one], index) =>
      classRows(id, one, exact?.classes?.[index] ?? {}),
    ),
  ]
}

function classRows(
  id: string,
  { wait, sojourn, throughput, throughputCi, shares }: ClassReport,
  exact: ClassTheory,
): Row[] {
  const shown = ['refused', 'expired', 'dead', 'waited', 'attemptsPerJob'] as const
  return [
    row(`${id}: wait, mean`, wait.mean, wait.ci, exact.wait?.mean),
    row(`${id}: wait, p95`, wait.p95, wait.p95ci, exact.wait?.p95),
    row(`${id}: wait, p99`, wait.p99, wait.p99ci, exact.wait?.p99),
    row(`${id}: sojourn, mean`, sojourn.mean, sojourn.ci, exact.sojourn?.mean),
    row(`${id}: sojourn, p99`, sojourn.p99, sojourn.p99ci, exact.sojourn?.p99),
    row(`${id}: completed a second`, throughput, throughputCi, undefined),
    ...shown
      .filter((name) => shares[name]!.value > 0)
      .map((name) => row(`${id}: ${name}`, shares[name]!.value, shares[name]!.ci, exact[name])),
  ]
}

function row(name: string, value: number, interval: Ends, exact: number | undefined): Row {
  const ends = interval === null ? '-' : `${shortNumber(interval[0])} .. ${shortNumber(interval[1])}`
  return [name, shortNumber(value), ends, shortNumber(exact)]
}
