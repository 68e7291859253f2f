import type { Report } from '@millrace/sim'
import type { Figure } from './lesson.ts'

type Statistic = 'mean' | 'p50' | 'p95' | 'p99'

const intervalOf = { mean: 'ci', p50: 'p50ci', p95: 'p95ci', p99: 'p99ci' } as const

/** How long jobs of a class wait before a worker takes them, or stay altogether. */
export function duration(
  report: Report,
  kind: 'wait' | 'sojourn',
  statistic: Statistic,
  label: string,
  ofClass = 0,
): Figure {
  const measured = Object.values(report.classes)[ofClass]![kind]
  const theory = report.theory?.values.classes?.[ofClass]?.[kind]?.[statistic]
  return { label, value: measured[statistic], ci: measured[intervalOf[statistic]], theory, unit: 's' }
}

export function busy(report: Report): Figure {
  const { utilization, utilizationCi, theory } = report
  return {
    label: 'Share of the workers’ time in use',
    value: 100 * utilization,
    ci: percent(utilizationCi),
    theory: theory?.values.utilization === undefined ? undefined : 100 * theory.values.utilization,
    unit: '%',
  }
}

/** A share that the simulator measures of a class, in per cent. */
export function share(
  report: Report,
  name: 'refused' | 'dead' | 'expired',
  label: string,
  theory?: number,
  ofClass = 0,
): Figure {
  const { value, ci } = Object.values(report.classes)[ofClass]!.shares[name]!
  const known = theory ?? report.theory?.values.classes?.[ofClass]?.[name]
  return {
    label,
    value: 100 * value,
    ci: percent(ci),
    theory: known === undefined ? undefined : 100 * known,
    unit: '%',
  }
}

export function percent(ci: readonly [number, number] | null): readonly [number, number] | null {
  return ci === null ? null : [100 * ci[0], 100 * ci[1]]
}
