import { MillraceError, type ErrorCode } from '@millrace/core'
import { firstDifference } from './difference.ts'

/** Fails the case when two values of plain data differ; the message names the first place where they do. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const difference = firstDifference(actual, expected)
  if (difference !== undefined) throw new Error(`${what}: ${difference}`)
}

export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

/** The promise must reject with a `MillraceError` of this code. Answers the error. */
export async function rejects(
  promise: Promise<unknown>,
  code: ErrorCode,
  what: string,
): Promise<MillraceError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof MillraceError && error.code === code) return error
  throw new Error(
    `${what}: expected ${code}, found ${error instanceof Error ? `${error.name}: ${error.message}` : 'no error'}`,
    {
      cause: error,
    },
  )
}
