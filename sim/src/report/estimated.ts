import type { Interval } from '../statistics/interval.ts'
import type { Measured } from './measured.ts'

/** The same shape, with an interval in place of each number. */
export type Estimated<T> = T extends number
  ? Interval
  : T extends readonly (infer Item)[]
    ? readonly Estimated<Item>[]
    : { readonly [Name in keyof T]: Estimated<T[Name]> }

export type Estimates = Estimated<Measured>

/** Combines what several runs or batches measured, number by number. */
export function combine<T>(
  measured: readonly T[],
  interval: (values: readonly number[]) => Interval,
): Estimated<T> {
  const [first] = measured
  if (typeof first === 'number') return interval(measured as readonly number[]) as Estimated<T>
  const of = (name: string | number): unknown =>
    combine(
      measured.map((one) => (one as Readonly<Record<string | number, unknown>>)[name]),
      interval,
    )
  if (Array.isArray(first)) return first.map((_, index) => of(index)) as unknown as Estimated<T>
  return Object.fromEntries(Object.keys(first as object).map((name) => [name, of(name)])) as Estimated<T>
}
