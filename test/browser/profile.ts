import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for a browser's profile, its own for each run of the tests, and gone with it. */
export function temporaryProfile(name: string): string {
  const path = join(tmpdir(), `millrace-profile-${name}-${process.pid}`)
  process.on('exit', () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }))
  return path
}
