/** Beyond a weight of e^-45 of the greatest nothing is left to count. */
const negligible = 45

/** Stationary probabilities of a chain that moves one step up or down, from state 0: of `states` of them, or of all that matter. */
export function birthDeath(
  up: (state: number) => number,
  down: (state: number) => number,
  states = Infinity,
): Float64Array {
  // In logarithms, so that the weight of an unlikely start does not overflow that of the likely middle.
  const logs = [0]
  let largest = 0
  for (let state = 1; state < states; state++) {
    const log = logs[state - 1]! + Math.log(up(state - 1)) - Math.log(down(state))
    if (log < largest - negligible && log < logs[state - 1]! && states === Infinity) break
    largest = Math.max(largest, log)
    logs.push(log)
  }
  const weights = Float64Array.from(logs, (log) => Math.exp(log - largest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** The mean of a function of the state. */
export function meanOf(probabilities: Float64Array, value: (state: number) => number): number {
  return probabilities.reduce((sum, probability, state) => sum + probability * value(state), 0)
}
