import { MillraceError } from '@millrace/core'

export function badArgument(message: string): MillraceError {
  return new MillraceError('BAD_ARGUMENT', message)
}

/** An option that is misspelt and silently ignored is a limit that is not there: unknown names are refused. */
export function checkOptions(options: object, known: readonly string[], what: string): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw badArgument(`${what} must be an object`)
  for (const name of Object.keys(options)) {
    if (!known.includes(name))
      throw badArgument(`${what} has no option ${JSON.stringify(name)}; it knows ${known.join(', ')}`)
  }
}

export function checkInteger(value: unknown, min: number, max: number, what: string): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw badArgument(`${what} must be a whole number from ${min} to ${max}, not ${shown(value)}`)
  return value as number
}

export function checkNumber(value: unknown, min: number, max: number, what: string): number {
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw badArgument(`${what} must be a number from ${min} to ${max}, not ${shown(value)}`)
  return value
}

export function checkOneOf<T extends string>(value: unknown, choices: readonly T[], what: string): T {
  if (!choices.includes(value as T))
    throw badArgument(`${what} must be one of ${choices.join(', ')}, not ${shown(value)}`)
  return value as T
}

export function checkFunction(value: unknown, what: string): void {
  if (typeof value !== 'function') throw badArgument(`${what} must be a function, not ${shown(value)}`)
}

/** A value as an error message may show it: short, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(value.slice(0, mostShown + 1)))
  return cut(String(value))
}

const mostShown = 80

function cut(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
}
