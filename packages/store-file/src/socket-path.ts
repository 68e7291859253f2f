import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'

/** `sun_path` has room for 108 bytes on Linux and 104 on macOS, and longer paths are cut off in silence. */
const longestPath = 100

/**
 * Calls `use` with a path by which the system finds a socket of this directory. Where all its paths are too long, the
 * path leads through a link in a private directory that is gone again afterwards; the socket itself always stays here.
 */
export async function withSocketPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  if (process.platform === 'win32') return use(`\\\\.\\pipe\\millrace-${name}`)
  const absolute = resolve(directory, name)
  const short = [absolute, relative(process.cwd(), absolute)].find(fits)
  if (short !== undefined) return use(short)
  const passage = mkdtempSync(join(tmpdir(), 'mr-'))
  try {
    symlinkSync(resolve(directory), join(passage, 's'))
    return await use(join(passage, 's', name))
  } finally {
    rmSync(passage, { recursive: true })
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= longestPath
}
