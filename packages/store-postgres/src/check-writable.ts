import { MillraceError } from '@millrace/core'
import type { Session } from './migrate.ts'

/** A standby answers every question, and would fail at the first job. */
export async function checkWritable(session: Session): Promise<void> {
  const { rows } = await session.query(`SELECT current_setting('transaction_read_only') AS read_only`)
  const { read_only: readOnly } = rows[0] as { read_only: string }
  if (readOnly === 'on')
    throw new MillraceError(
      'STORE_UNUSABLE',
      'PostgreSQL takes no writes here (a standby, or default_transaction_read_only); connect to the primary',
      { outcome: 'no' },
    )
}
