/** Columns of text, the first to the left and the others to the right. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}

/** Four significant digits, or a count with its thousands apart. */
export function shortNumber(value: number | null | undefined): string {
  if (value === undefined || value === null || Number.isNaN(value)) return '-'
  if (Number.isInteger(value) && Math.abs(value) >= 1_000) return value.toLocaleString('en')
  return String(Number(value.toPrecision(4)))
}
