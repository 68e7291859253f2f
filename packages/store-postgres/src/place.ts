import { MillraceError } from '@millrace/core'
import type { Pool } from 'pg'

/** Where connections come from. */
export type Place =
  | { readonly connectionString: string; readonly pool?: undefined }
  /** Two of its connections are kept for as long as the store is open. */
  | { readonly pool: Pool; readonly connectionString?: undefined }

/** A server as a URL, or the folder of its socket. */
const address = /^(postgres|postgresql|socket):|^\//

/** Checked once more for callers without types. */
export function placeOf({ pool, connectionString }: Place): Place {
  if (pool !== undefined) {
    if (typeof (pool as Partial<Pool>).connect === 'function') return { pool }
    throw new MillraceError('BAD_ARGUMENT', 'pool must be a pool of pg: new Pool({ connectionString })')
  }
  // Not repeated in the message: it may hold a password.
  if (typeof connectionString === 'string' && address.test(connectionString)) return { connectionString }
  throw new MillraceError(
    'BAD_ARGUMENT',
    'postgresStore needs a pool, or a connectionString like postgres://user:password@host:5432/database',
  )
}
