import type { Guarantee } from '@millrace/core'
import type { Session } from './migrate.ts'

/** What the server really does on a commit, not what was hoped. */
export async function readGuarantee(session: Session): Promise<Guarantee> {
  const { rows } = await session.query(
    `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      current_setting('full_page_writes') AS pages`,
  )
  const { fsync, commit, pages } = rows[0] as { fsync: string; commit: string; pages: string }
  const off = [
    ...(fsync === 'off' ? ['fsync'] : []),
    ...(commit === 'off' ? ['synchronous_commit'] : []),
    ...(pages === 'off' ? ['full_page_writes'] : []),
  ]
  if (off.length === 0)
    return {
      durability: 'power',
      promise:
        'Resolved after PostgreSQL committed and flushed: it survives a crash of any process and a power cut, if the device honours flushes.',
    }
  return {
    durability: 'process',
    promise: `Resolved after PostgreSQL committed: it survives a crash of this process. The server has ${off.join(', ')} off, so a crash of the server or a power cut may lose the newest jobs${fsync === 'off' || pages === 'off' ? ', or damage all of them' : ''}.`,
  }
}
