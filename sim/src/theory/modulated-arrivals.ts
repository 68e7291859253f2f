import { identity, inverse, matrix, plus, rowTimes, scaled, times, type Matrix } from './matrix.ts'
import type { SingleServer } from './single-server.ts'

/** The MMPP/M/1 queue by matrix-geometric solution (Neuts 1981). `leaving` holds the rates out of each state; states follow in turn. */
export function modulatedArrivals(
  rates: readonly number[],
  leaving: readonly number[],
  serviceRate: number,
): SingleServer {
  const size = rates.length
  const arrivalRate = meanRate(rates, leaving)
  const load = arrivalRate / serviceRate
  if (load >= 1)
    return { utilization: 1, wait: Infinity, sojourn: Infinity, depth: Infinity, system: Infinity }
  const change = matrix(size, (row, column) => (column === (row + 1) % size ? leaving[row]! : 0))
  const up = matrix(size, (row, column) => (row === column ? rates[row]! : 0))
  const stay = (down: number): Matrix =>
    matrix(size, (row, column) =>
      row === column ? change[row]![column]! - leaving[row]! - rates[row]! - down : change[row]![column]!,
    )
  const ratio = rateMatrix(up, stay(serviceRate), serviceRate)
  const above = inverse(plus(identity(size), scaled(ratio, -1)))
  const atZero = emptyStates(plus(stay(0), scaled(ratio, serviceRate)), above)
  const system = sum(rowTimes(rowTimes(rowTimes(atZero, ratio), above), above))
  const sojourn = system / arrivalRate
  return {
    utilization: load,
    wait: sojourn - 1 / serviceRate,
    sojourn,
    depth: system - load,
    system,
  }
}

/** Time spent in each state of the cycle is in proportion to its mean stay. */
export function meanRate(rates: readonly number[], leaving: readonly number[]): number {
  const total = leaving.reduce((all, rate) => all + 1 / rate, 0)
  return rates.reduce((all, rate, state) => all + rate / leaving[state]! / total, 0)
}

/** The least solution of up + R stay + R^2 down = 0, by logarithmic reduction's plain cousin: R = up (-(stay + R down))^-1. */
function rateMatrix(up: Matrix, stay: Matrix, down: number): Matrix {
  let ratio = scaled(up, 0)
  for (let round = 0; round < 100_000; round++) {
    const next = times(up, inverse(scaled(plus(stay, scaled(ratio, down)), -1)))
    const moved = next.some((row, at) =>
      row.some((value, column) => Math.abs(value - ratio[at]![column]!) > 1e-15),
    )
    ratio = next
    if (!moved) break
  }
  return ratio
}

/** The null vector of the empty level's balance, scaled so that all levels add up to 1. */
function emptyStates(balance: Matrix, above: Matrix): readonly number[] {
  const size = balance.length
  const levels = above.map((row) => sum(row))
  // One balance equation is redundant; the total takes its place.
  const system = matrix(size, (row, column) => (column === 0 ? levels[row]! : balance[row]![column]!))
  return inverse(system)[0]!
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
