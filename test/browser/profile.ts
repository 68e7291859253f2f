import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const profiles = new Set<string>()

/** A folder for a browser's profile, its own for each run of the tests, and gone with it. */
export function temporaryProfile(name: string): string {
  if (profiles.size === 0) process.once('exit', removeAll)
  const path = join(tmpdir(), `millrace-profile-${name}-${process.pid}`)
  profiles.add(path)
  return path
}

function removeAll(): void {
  for (const path of profiles) rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}
