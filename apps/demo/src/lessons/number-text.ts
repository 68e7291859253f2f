/** A number as a reader wants it: three significant digits, and no more. */
export function numberText(value: number, unit = ''): string {
  const tail = unit === '' ? '' : unit === '%' ? ' %' : ` ${unit}`
  if (!Number.isFinite(value)) return `∞${tail}`
  const size = Math.abs(value)
  const digits = Number.isInteger(value) ? 0 : size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return `${value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })}${tail}`
}

/** The half-width of an interval. */
export function spreadText(ci: readonly [number, number] | null): string {
  return ci === null ? 'too little data for an interval' : `± ${numberText((ci[1] - ci[0]) / 2)}`
}
