import { corrupt } from './byte-reader.ts'

/*
 * JSON has no infinity, but limits and times do. It is written as {"Infinity":null}: nothing else the table stores has
 * null in it. Most values have neither, and take the way without a replacer, which is ten times as fast.
 */

/** Plain data as JSON. */
export function textOf(value: object): string {
  const text = JSON.stringify(value)
  return text.includes('null') ? JSON.stringify(value, replaceInfinity) : text
}

/** The data `textOf` wrote. Answers an object, whatever the text; else throws `STORE_CORRUPT`. */
export function dataOf(text: string): object {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw corrupt('a record is no object')
  return value
}

function parse(text: string): unknown {
  try {
    return text.includes('Infinity":null') ? JSON.parse(text, reviveInfinity) : JSON.parse(text)
  } catch (cause) {
    throw corrupt('a record is no JSON', cause)
  }
}

function replaceInfinity(_name: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? { [String(value)]: null } : value
}

function reviveInfinity(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('Infinity' in value && value.Infinity === null) return Infinity
  return '-Infinity' in value && value['-Infinity'] === null ? -Infinity : value
}
