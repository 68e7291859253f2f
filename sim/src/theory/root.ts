/** The point in [low, high] at which a falling function reaches `target`, by bisection. */
export function whereFallsTo(
  target: number,
  falling: (x: number) => number,
  low: number,
  high: number,
): number {
  let from = low
  let to = high
  while (falling(to) > target) to = from + 2 * (to - from)
  for (let step = 0; step < 100; step++) {
    const middle = (from + to) / 2
    if (falling(middle) > target) from = middle
    else to = middle
  }
  return (from + to) / 2
}
