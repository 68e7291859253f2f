/**
 * Where two values of plain data first differ, in words; `undefined` when they are alike.
 * A property that is `undefined` is the same as one that is not there: stores do not keep the difference.
 */
export function firstDifference(actual: unknown, expected: unknown, path = ''): string | undefined {
  if (Object.is(actual, expected) || (actual === 0 && expected === 0)) return undefined
  if (!isObject(actual) || !isObject(expected) || Array.isArray(actual) !== Array.isArray(expected))
    return `${path === '' ? '' : `${path} `}is ${show(actual)}, expected ${show(expected)}`
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length !== expected.length)
    return `${path === '' ? '' : `${path} `}has ${actual.length} items, expected ${expected.length}: ${show(actual)}, expected ${show(expected)}`
  for (const key of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const difference = firstDifference(
      own(actual, key),
      own(expected, key),
      `${path}[${JSON.stringify(key)}]`,
    )
    if (difference !== undefined) return difference
  }
  return undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** `__proto__` counts only where it was stored as data. */
function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined
}

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length <= 400 ? text : `${text.slice(0, 400)}… (${text.length} characters)`
}
