import { refuse, type JsonSchema, type Shape } from './shape.ts'

export type Fields<T> = { readonly [Name in keyof T]-?: Shape<T[Name]> }

/** An object with these fields and no others: a field nobody knows is a slip of the pen. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const names = Object.keys(fields)
  return {
    read(value, path) {
      const given = asRecord(value, path)
      for (const name of Object.keys(given)) {
        if (!names.includes(name))
          refuse(under(path, name), `left out: known are ${names.join(', ')}`, given[name])
      }
      return Object.fromEntries(
        names.flatMap((name) => {
          const shape = fields[name as keyof T]
          const absent = !Object.hasOwn(given, name) || given[name] === undefined
          const one = absent && shape.absent ? shape.absent() : shape.read(given[name], under(path, name))
          return one === undefined ? [] : [[name, one]]
        }),
      ) as T
    },
    schema: objectSchema(fields as Readonly<Record<string, Shape<unknown>>>),
  }
}

function objectSchema(
  fields: Readonly<Record<string, Shape<unknown>>>,
  constants: JsonSchema = {},
): JsonSchema {
  const names = Object.keys(fields)
  return {
    type: 'object',
    properties: { ...constants, ...Object.fromEntries(names.map((name) => [name, fields[name]!.schema])) },
    required: [...Object.keys(constants), ...names.filter((name) => !fields[name]!.absent)],
    additionalProperties: false,
  }
}

/** A field that stays away when left out, and has no default. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return { read: shape.read, schema: shape.schema, absent: () => undefined }
}

/** One of several objects, told apart by the text in the field `tag`. */
export function tagged<Tag extends string, T extends { readonly [name in Tag]: string }>(
  tag: Tag,
  variants: { readonly [Name in T[Tag]]: Fields<Omit<Extract<T, { readonly [name in Tag]: Name }>, Tag>> },
): Shape<T> {
  const shapes = new Map(
    Object.entries(variants).map(([name, fields]) => [name, object(fields as Fields<object>)]),
  )
  const expected = [...shapes.keys()].map((name) => `'${name}'`).join(', ')
  return {
    read(value, path) {
      const { [tag]: name, ...rest } = asRecord(value, path)
      const shape = typeof name === 'string' ? shapes.get(name) : undefined
      if (!shape) return refuse(under(path, tag), `one of ${expected}`, name)
      return { [tag]: name, ...shape.read(rest, path) } as unknown as T
    },
    schema: {
      oneOf: Object.entries(variants).map(([name, fields]) =>
        objectSchema(fields as Readonly<Record<string, Shape<unknown>>>, { [tag]: { const: name } }),
      ),
    },
  }
}

/** One of several objects with a single field each. */
export function single<T extends object>(variants: Readonly<Record<string, Shape<unknown>>>): Shape<T> {
  const names = Object.keys(variants)
  return {
    read(value, path) {
      const given = asRecord(value, path)
      const [name, ...others] = Object.keys(given)
      const shape = name === undefined || !names.includes(name) ? undefined : variants[name]
      if (name === undefined || shape === undefined || others.length > 0)
        return refuse(path, `an object with one of ${names.join(', ')}`, value)
      return { [name]: shape.read(given[name], under(path, name)) } as T
    },
    schema: { oneOf: names.map((name) => objectSchema({ [name]: variants[name]! })) },
  }
}

/** Any number of entries, each under a name. */
export function record<T>(key: Shape<string>, item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return {
    read: (value, path) =>
      // From entries, so that a queue named __proto__ is a queue like any other.
      Object.fromEntries(
        Object.entries(asRecord(value, path)).map(([name, one]) => [
          key.read(name, `the name ${under(path, name)}`),
          item.read(one, under(path, name)),
        ]),
      ),
    schema: { type: 'object', propertyNames: key.schema, additionalProperties: item.schema },
  }
}

function asRecord(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'an object', value)
  return value as Readonly<Record<string, unknown>>
}

function under(path: string, name: string): string {
  return /^\w+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`
}
