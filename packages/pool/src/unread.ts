import type { Call } from './call.ts'
import type { ErrorValue } from './error-value.ts'
import { poolError } from './outcome.ts'

/** What was sent could not be made whole on the other side: nested too deep for the stack there, or of a kind that is not known there. */
export function unreadError(reader: string): ErrorValue {
  return poolError(
    'PAYLOAD_INVALID',
    `a message could not be read by ${reader}: pass plain data, and not too deep`,
  )
}

/** The next message that cannot be read is then of one call, and of no other. */
export function alone(calls: readonly Call[]): readonly Call[] {
  for (const call of calls) call.travelsAlone = true
  return calls
}
