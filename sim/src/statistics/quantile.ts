/** The smallest of the values that at least a share `p` of them do not exceed. Leaves the values as they are. */
export function quantileOf(values: Float64Array, p: number): number {
  if (values.length === 0) return NaN
  const rank = Math.min(values.length - 1, Math.max(0, Math.ceil(p * values.length) - 1))
  return select(values.slice(), rank)
}

/** Several quantiles for the price of little more than one: each search goes on where the last one left order. */
export function quantilesOf(values: Float64Array, shares: readonly number[]): readonly number[] {
  if (values.length === 0) return shares.map(() => NaN)
  const copy = values.slice()
  return shares.map((p) =>
    select(copy, Math.min(copy.length - 1, Math.max(0, Math.ceil(p * copy.length) - 1))),
  )
}

/** Quickselect (Hoare) with the median of three as its pivot; puts the values around the one of that rank. */
function select(values: Float64Array, rank: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const pivot = medianOfThree(values[low]!, values[(low + high) >> 1]!, values[high]!)
    let left = low
    let right = high
    while (left <= right) {
      while (values[left]! < pivot) left++
      while (values[right]! > pivot) right--
      if (left > right) break
      const swapped = values[left]!
      values[left++] = values[right]!
      values[right--] = swapped
    }
    if (rank <= right) high = right
    else if (rank >= left) low = left
    else return values[rank]!
  }
  return values[rank]!
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
}
