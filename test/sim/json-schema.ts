type Schema = { readonly [keyword: string]: unknown }
type Rule = (wanted: never, value: unknown, path: string, schema: Schema) => string[]

/** What is wrong with a value by a JSON Schema (2020-12), as far as the keywords go that our schemas use; any other keyword is an error. */
export function schemaErrors(schema: Schema, value: unknown, path = '$'): string[] {
  return Object.entries(schema).flatMap(([keyword, wanted]) => {
    if (!Object.hasOwn(rules, keyword)) return [`${path}: the keyword ${keyword} is not known`]
    return rules[keyword]!(wanted as never, value, path, schema)
  })
}

const none: Rule = () => []
const fails = (path: string, what: string): string[] => [`${path}: ${what}`]
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const rules: Readonly<Record<string, Rule>> = {
  $schema: none,
  $id: none,
  title: none,
  default: none,
  type: (type: string, value, path) => (hasType(type, value) ? [] : fails(path, `not of type ${type}`)),
  const: (wanted: unknown, value, path) => (value === wanted ? [] : fails(path, `not ${String(wanted)}`)),
  enum: (values: readonly unknown[], value, path) =>
    values.includes(value) ? [] : fails(path, 'not in the list'),
  minimum: (least: number, value, path) =>
    typeof value === 'number' && value < least ? fails(path, 'too small') : [],
  exclusiveMinimum: (least: number, value, path) =>
    typeof value === 'number' && value <= least ? fails(path, 'too small') : [],
  maximum: (most: number, value, path) =>
    typeof value === 'number' && value > most ? fails(path, 'too large') : [],
  pattern: (pattern: string, value, path) =>
    typeof value === 'string' && !new RegExp(pattern).test(value) ? fails(path, 'not of the pattern') : [],
  minItems: (least: number, value, path) =>
    Array.isArray(value) && value.length < least ? fails(path, 'too short') : [],
  maxItems: (most: number, value, path) =>
    Array.isArray(value) && value.length > most ? fails(path, 'too long') : [],
  items: (item: Schema, value, path) =>
    Array.isArray(value) ? value.flatMap((one, index) => schemaErrors(item, one, `${path}[${index}]`)) : [],
  prefixItems: (items: readonly Schema[], value, path) =>
    Array.isArray(value)
      ? items.flatMap((item, index) => schemaErrors(item, value[index], `${path}[${index}]`))
      : [],
  anyOf: (schemas: readonly Schema[], value, path) =>
    schemas.some((one) => schemaErrors(one, value).length === 0) ? [] : fails(path, 'none of anyOf'),
  oneOf: (schemas: readonly Schema[], value, path) =>
    schemas.filter((one) => schemaErrors(one, value).length === 0).length === 1
      ? []
      : fails(path, 'not one of oneOf'),
  required: (names: readonly string[], value, path) =>
    isObject(value)
      ? names.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}: lacks ${name}`)
      : [],
  properties: (properties: Readonly<Record<string, Schema>>, value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, one]) =>
          Object.hasOwn(properties, name) ? schemaErrors(properties[name]!, one, `${path}.${name}`) : [],
        )
      : [],
  propertyNames: (names: Schema, value, path) =>
    isObject(value) ? Object.keys(value).flatMap((name) => schemaErrors(names, name, `${path}.${name}`)) : [],
  additionalProperties: (rest: Schema | false, value, path, { properties = {} }) => {
    if (!isObject(value)) return []
    const others = Object.keys(value).filter((name) => !Object.hasOwn(properties as object, name))
    return others.flatMap((name) =>
      rest === false
        ? fails(path, `does not know ${name}`)
        : schemaErrors(rest, value[name], `${path}.${name}`),
    )
  },
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
