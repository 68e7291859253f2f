import { MillraceError } from '@millrace/core'
import { objective as shape } from '../scenario/format.ts'
import type { Objective, Scenario } from '../scenario/scenario.ts'

const grammar =
  /^\s*(mean|p50|p95|p99)[ .]+(wait|sojourn)(?:\s+of\s+(\S+))?\s*<\s*([\d.]+)\s*(us|ms|s|m|h|d)?\s*$/

/**
 * An objective in words: 'p99 wait < 0.5s', 'mean sojourn of photo < 2m'. A bare number is in seconds.
 * @throws {MillraceError} BAD_ARGUMENT if it is none, or of a class that the scenario does not have.
 */
export function readObjective(text: string, { classes }: Scenario): Objective {
  const match = grammar.exec(text)
  if (match === null)
    throw new MillraceError(
      'BAD_ARGUMENT',
      `--slo must be like 'p99 wait < 0.5s' (mean, p50, p95 or p99; wait or sojourn; of a class), not '${text}'`,
    )
  const [, statistic, duration, ofClass, amount, unit] = match
  if (ofClass !== undefined && !classes.some(({ id }) => id === ofClass))
    throw new MillraceError(
      'BAD_ARGUMENT',
      `--slo names class ${ofClass}; known are ${classes.map(({ id }) => id).join(', ')}`,
    )
  return shape.read(
    {
      metric: `${statistic}.${duration}`,
      ...(ofClass !== undefined && { class: ofClass }),
      lt: unit === undefined ? Number(amount) : `${amount}${unit}`,
    },
    'slo',
  )
}
