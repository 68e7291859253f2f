/** Rows under their headings, numbers to the right: for a terminal. */
export function columns(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column]).length)),
  )
  const line = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) =>
        typeof cell === 'number' ? String(cell).padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  const first = rows[0]
  const head = headings.map((heading, column) =>
    typeof first?.[column] === 'number' ? heading.padStart(widths[column]!) : heading,
  )
  return [line(head), ...rows.map(line)].join('\n')
}
