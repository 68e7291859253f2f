import { bounds } from '@millrace/core'
import { badArgument, shown } from './options.ts'

const namePattern = /^[A-Za-z0-9._:@/-]{1,128}$/
const loneSurrogate = /\p{Surrogate}/u

/** Names of jobs, queues, schedules and steps, and ids. */
export function checkName(value: unknown, what: string): string {
  if (typeof value !== 'string' || !namePattern.test(value))
    throw badArgument(
      `${what} must be 1 to ${bounds.name} characters out of A-Z a-z 0-9 . _ : @ / -; it is ${shown(value)}`,
    )
  return value
}

/** Characters of a key: those are the user's own words (a path, an address), so every character is welcome. */
export const keyLength = 1_024

export function checkKey(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > keyLength || loneSurrogate.test(value))
    throw badArgument(`${what} must be a text of 1 to ${keyLength} characters; it is ${shown(value)}`)
  return value
}
