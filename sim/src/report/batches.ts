import type { Simulation } from '../capacity/simulation.ts'
import { lagOneCorrelation, studentInterval } from '../statistics/interval.ts'
import { combine, type Estimates } from './estimated.ts'
import { measure, type Measured } from './measured.ts'

// More than thirty batches gain little (Schmeiser 1982), and long ones are nearly independent.
const batchCount = 30
const leastPerBatch = 20

/** One long run, measured: the whole of it after the warm-up, and how much its batches differ. */
export interface LongRun {
  readonly measured: Measured
  readonly estimates: Estimates
  /** Virtual time left out as warm-up. */
  readonly warmupSeconds: number
  /** Why the intervals may be too narrow or missing. */
  readonly notes: readonly string[]
}

export function measureLongRun({ ledger, scenario }: Simulation): LongRun {
  const { snapshots } = ledger
  const start = snapshots.startOfMeasuring(scenario.warmup)
  const measured = measure(ledger, start, snapshots.last)
  const rows = batchRows(start, ledger.ended, snapshots)
  const batches = rows.slice(1).map((row, index) => measure(ledger, rows[index]!, row))
  const parts = batches.length < batchCount ? [] : batches
  const around = combine([measured, ...parts], (values) => ({
    ...studentInterval(values.slice(1)),
    mean: values[0]!,
  }))
  return {
    measured,
    estimates: around,
    warmupSeconds: snapshots.timeOf(start) / 1e6,
    notes: notesOn(parts, scenario.warmup === 'auto' && ledger.warmup.cut() === undefined),
  }
}

/** Rows that cut the run into batches of about as many ended jobs each. */
function batchRows(start: number, ended: number, snapshots: Simulation['ledger']['snapshots']): number[] {
  const first = snapshots.endedBy(start)
  const perBatch = (ended - first) / batchCount
  if (perBatch < leastPerBatch || snapshots.last - start < batchCount) return []
  const rows = [start]
  for (let row = start + 1; row < snapshots.last; row++)
    if (rows.length < batchCount && snapshots.endedBy(row) - first >= rows.length * perBatch) rows.push(row)
  return [...rows, snapshots.last]
}

function notesOn(batches: readonly Measured[], isUnsettled: boolean): string[] {
  const notes: string[] = []
  if (isUnsettled) notes.push('the run is too short to tell the warm-up from the rest; nothing was left out')
  if (batches.length === 0) notes.push('not enough data for intervals: run longer, or more replications')
  const correlation = Math.max(
    0,
    ...(batches[0]?.classes ?? []).map((_, index) =>
      lagOneCorrelation(batches.map((batch) => batch.classes[index]!.wait.mean)),
    ),
  )
  // Two standard errors of the correlation of independent batches.
  if (correlation > 2 / Math.sqrt(batchCount))
    notes.push('neighbouring batches still resemble each other, so the intervals are too narrow: run longer')
  return notes
}
