import { bounds, MillraceError } from '@millrace/core'

/** A payload or result as text, and what it weighs. */
export interface Encoded {
  readonly text: string
  readonly bytes: number
}

/** JSON of plain data; `undefined` is the empty text. What JSON would change or drop in silence is refused instead. */
export function encode(value: unknown, what: string, limit: number = bounds.payloadBytes): Encoded {
  const text = textOf(value, what)
  const bytes = utf8Length(text)
  if (bytes > limit)
    throw new MillraceError(
      'PAYLOAD_TOO_LARGE',
      `${what} has ${bytes} bytes, the limit is ${limit}; store it elsewhere and pass a reference`,
    )
  return { text, bytes }
}

export function decode(text: string): unknown {
  if (text === '') return undefined
  const first = text.charCodeAt(0)
  // JSON of a number begins with a digit or a minus; the unary plus reads it several times faster.
  const number = first > quote && first <= 57 ? +text : Number.NaN
  return number === number ? number : parse(text)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MillraceError(
      'PAYLOAD_UNREADABLE',
      `a stored text of ${text.length} characters is no JSON: something else than this runtime wrote it, or changed it`,
      { cause },
    )
  }
}

const quote = 34

function textOf(value: unknown, what: string): string {
  if (value === undefined) return ''
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`
  check(value, what, 1, undefined)
  return JSON.stringify(value)
}

/** A step on the way from the payload to the value being looked at, for the message and against cycles. */
interface Step {
  readonly of: object
  readonly key: string | number
  readonly up: Step | undefined
}

function check(value: unknown, what: string, depth: number, step: Step | undefined): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (!Number.isFinite(value)) throw invalid(`is ${value}`, what, step)
      return
    case 'object':
      if (value !== null) checkObject(value, what, depth, step)
      return
    case 'bigint':
    case 'symbol':
    case 'function':
    case 'undefined':
      throw invalid(`is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`, what, step)
  }
}

function checkObject(value: object, what: string, depth: number, up: Step | undefined): void {
  if (depth > bounds.payloadDepth) throw invalid(`nests deeper than ${bounds.payloadDepth}`, what, up)
  for (let at = up; at !== undefined; at = at.up) if (at.of === value) throw invalid('is a cycle', what, up)
  if (Array.isArray(value)) {
    for (let key = 0; key < value.length; key++) checkPart(value[key], value, key, what, depth, up)
    return
  }
  if (!isPlain(value)) throw invalid(`is a ${value.constructor?.name ?? 'special object'}`, what, up)
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    // A property that is undefined is one that is not there: that survives.
    if (part !== undefined) checkPart(part, value, key, what, depth, up)
  }
}

function checkPart(
  part: unknown,
  of: object,
  key: string | number,
  what: string,
  depth: number,
  up: Step | undefined,
): void {
  // The path is built only where there is something to go wrong.
  if (typeof part === 'string' || typeof part === 'boolean' || part === null) return
  if (typeof part === 'number' && Number.isFinite(part)) return
  check(part, what, depth + 1, { of, key, up })
}

/** Objects of another realm have another Object.prototype, but it too has no prototype. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null
}

function invalid(problem: string, what: string, step: Step | undefined): MillraceError {
  let path = ''
  for (let at = step; at !== undefined; at = at.up)
    path = (typeof at.key === 'number' ? `[${at.key}]` : `.${at.key}`) + path
  return new MillraceError(
    'PAYLOAD_INVALID',
    `${what}: $${path.slice(0, 500)} ${problem}, which JSON cannot carry; pass plain data`,
  )
}

/** Bytes of well-formed text in UTF-8. JSON escapes lone surrogates, so what it makes is well-formed. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}
