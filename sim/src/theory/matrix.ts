/** Small square matrices as rows of numbers. */
export type Matrix = readonly (readonly number[])[]

export function matrix(size: number, entry: (row: number, column: number) => number): Matrix {
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => entry(row, column)),
  )
}

export function times(a: Matrix, b: Matrix): Matrix {
  return matrix(a.length, (row, column) =>
    a[row]!.reduce((sum, value, at) => sum + value * b[at]![column]!, 0),
  )
}

export function plus(a: Matrix, b: Matrix): Matrix {
  return matrix(a.length, (row, column) => a[row]![column]! + b[row]![column]!)
}

export function scaled(a: Matrix, factor: number): Matrix {
  return matrix(a.length, (row, column) => a[row]![column]! * factor)
}

export function identity(size: number): Matrix {
  return matrix(size, (row, column) => (row === column ? 1 : 0))
}

/** Gauss and Jordan, the largest pivot of the column first. */
export function inverse(a: Matrix): Matrix {
  const size = a.length
  const rows = a.map((row, index) => [...row, ...identity(size)[index]!])
  for (let column = 0; column < size; column++) {
    const best = rows.reduce(
      (most, row, index) =>
        index >= column && Math.abs(row[column]!) > Math.abs(rows[most]![column]!) ? index : most,
      column,
    )
    ;[rows[column], rows[best]] = [rows[best]!, rows[column]!]
    const pivot = rows[column]!.map((value) => value / rows[column]![column]!)
    rows.forEach((row, index) => {
      rows[index] = index === column ? pivot : row.map((value, at) => value - row[column]! * pivot[at]!)
    })
  }
  return rows.map((row) => row.slice(size))
}

/** A row vector times a matrix. */
export function rowTimes(row: readonly number[], a: Matrix): readonly number[] {
  return a[0]!.map((_, column) => row.reduce((sum, value, at) => sum + value * a[at]![column]!, 0))
}
