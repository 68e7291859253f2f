// JSON has no Infinity and no NaN, but limits and retry policies have. The sign can be in no name a user gives.
const marks: ReadonlyMap<number, string> = new Map([
  [Infinity, '\u0001+'],
  [-Infinity, '\u0001-'],
])
const numbers: ReadonlyMap<string, number> = new Map([...marks].map(([number, mark]) => [mark, number]))

/** JSON that keeps Infinity. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value)
  // Infinity turns into null, so without one there is nothing to keep.
  return text.includes('null') ? JSON.stringify(value, mark) : text
}

function mark(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? (marks.get(value) ?? value) : value
}

export function fromJson(text: string): unknown {
  return text.includes('\\u0001') ? JSON.parse(text, unmark) : JSON.parse(text)
}

function unmark(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? (numbers.get(value) ?? value) : value
}
