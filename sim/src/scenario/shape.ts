import { MillraceError } from '@millrace/core'

export type JsonSchema = { readonly [keyword: string]: unknown }

/** One description of a value that can both read it and say itself as JSON Schema, so the two never disagree. */
export interface Shape<T> {
  /** Answers the value with its defaults filled in, or throws `BAD_ARGUMENT` naming the path. */
  readonly read: (value: unknown, path: string) => T
  readonly schema: JsonSchema
  /** Set if the value may be left out. */
  readonly absent?: () => T
}

export function refuse(path: string, expected: string, value: unknown): never {
  throw new MillraceError('BAD_ARGUMENT', `${path} must be ${expected}, not ${shown(value)}`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'left out'
  const text = JSON.stringify(value) ?? typeof value
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export interface NumberBounds {
  readonly min?: number
  /** Exclusive lower bound. */
  readonly above?: number
  readonly max?: number
  readonly whole?: true
}

export function number(bounds: NumberBounds): Shape<number> {
  const { min = -Infinity, above = -Infinity, max = Infinity, whole = false } = bounds
  const expected = `a ${whole ? 'whole ' : ''}number${boundsInWords(bounds)}`
  return {
    read(value, path) {
      if (typeof value !== 'number' || !(value >= min && value > above && value <= max)) {
        // NaN and the infinities fail here too: every bound compares false with NaN.
        return refuse(path, expected, value)
      }
      if (!Number.isFinite(value) || (whole && !Number.isInteger(value))) refuse(path, expected, value)
      return value
    },
    schema: {
      type: whole ? 'integer' : 'number',
      ...(bounds.min !== undefined && { minimum: min }),
      ...(bounds.above !== undefined && { exclusiveMinimum: above }),
      ...(bounds.max !== undefined && { maximum: max }),
    },
  }
}

function boundsInWords({ min, above, max }: NumberBounds): string {
  const low = min !== undefined ? ` from ${min}` : above !== undefined ? ` above ${above}` : ''
  return max === undefined ? low : `${low} up to ${max}`
}

const unitsPerSecond: Readonly<Record<string, number>> = { us: 1e6, ms: 1e3, s: 1 }
const secondsPerUnit: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

// Never a product with 1e-3: dividing gives the number nearest to what was written.
function seconds(amount: number, unit: string): number {
  return (amount / (unitsPerSecond[unit] ?? 1)) * (secondsPerUnit[unit] ?? 1)
}

/** Seconds as a number, or text such as '250ms'. */
export function time(bounds: Pick<NumberBounds, 'min' | 'above'>): Shape<number> {
  const bounded = number({ ...bounds, max: 1e9 })
  return {
    read(value, path) {
      const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(us|ms|s|m|h|d)$/.exec(value) : undefined
      if (match === null || (match === undefined && typeof value !== 'number'))
        return refuse(path, `a time: seconds, or text such as '250ms', '5m', '2h'`, value)
      return bounded.read(match === undefined ? value : seconds(Number(match[1]), match[2]!), path)
    },
    schema: { anyOf: [bounded.schema, { type: 'string', pattern: '^[0-9]+([.][0-9]+)?(us|ms|s|m|h|d)$' }] },
  }
}

export function text(pattern: RegExp, expected: string): Shape<string> {
  return {
    read: (value, path) =>
      typeof value === 'string' && pattern.test(value) ? value : refuse(path, expected, value),
    schema: { type: 'string', pattern: pattern.source },
  }
}

export const flag: Shape<boolean> = {
  read: (value, path) => (typeof value === 'boolean' ? value : refuse(path, 'true or false', value)),
  schema: { type: 'boolean' },
}

export function choice<const T extends string | number>(...values: readonly T[]): Shape<T> {
  const expected = values.map((value) => JSON.stringify(value)).join(' or ')
  return {
    read: (value, path) => values.find((one) => one === value) ?? refuse(path, expected, value),
    schema: values.length === 1 ? { const: values[0] } : { enum: values },
  }
}

/** The word, or else the value the shape asks for. */
export function orWord<T, const W extends string>(word: W, shape: Shape<T>): Shape<T | W> {
  return {
    read: (value, path) => (value === word ? word : shape.read(value, path)),
    schema: { anyOf: [{ const: word }, shape.schema] },
  }
}

export function optional<T>(shape: Shape<T>, absent: T): Shape<T> {
  return { read: shape.read, schema: { ...shape.schema, default: absent }, absent: () => absent }
}

export function list<T>(item: Shape<T>, { min, max }: { min: number; max: number }): Shape<readonly T[]> {
  const expected = `a list of ${min} to ${max} entries`
  return {
    read(value, path) {
      if (!Array.isArray(value) || value.length < min || value.length > max) {
        return refuse(path, expected, Array.isArray(value) ? value.length : value)
      }
      return value.map((one, index) => item.read(one, `${path}[${index}]`))
    },
    schema: { type: 'array', items: item.schema, minItems: min, maxItems: max },
  }
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> {
  return {
    read(value, path) {
      if (!Array.isArray(value) || value.length !== 2) return refuse(path, 'a list of two', value)
      return [first.read(value[0], `${path}[0]`), second.read(value[1], `${path}[1]`)]
    },
    schema: { type: 'array', prefixItems: [first.schema, second.schema], minItems: 2, maxItems: 2 },
  }
}
