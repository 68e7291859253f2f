import { MillraceError, type Millis } from '@millrace/core'

/** Milliseconds, or '250ms', '1s', '5m', '2h', '1d'. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function parseDuration(value: Duration, what: string): Millis {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(value)) ?? []
  const millis =
    typeof value === 'number' ? value : digits === '' ? Number.NaN : Number(digits) * unitMs[unit]!
  if (!(millis >= 0 && Number.isFinite(millis)))
    throw new MillraceError(
      'BAD_ARGUMENT',
      `${what} must be milliseconds or a text like '250ms', '1s', '5m', not ${String(value).slice(0, 80)}`,
    )
  return millis
}
