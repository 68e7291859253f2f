import { MillraceError } from '@millrace/core'

export function closedError(): MillraceError {
  return new MillraceError('CLOSED', 'the store was closed; open it again', { outcome: 'no' })
}
