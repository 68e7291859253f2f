import { accessSync, constants, existsSync, lstatSync, mkdirSync, statfsSync, type Stats } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errorCodeOf } from './directory.ts'
import { fsyncDirectory } from './node-directory.ts'
import { refused, unusable } from './errors.ts'

/** `f_type` of file systems that lie on another machine, from Linux's magic.h and the file systems' own headers. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
])

/** Makes the directory if need be; refuses one that others could write to or that is not what it seems. Answers its full path. */
export function prepareDirectory(directory: string, unsafeNetworkFs: boolean): string {
  const path = resolve(directory)
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })) make(path)
    refuseUnsafe(path, lstatSync(path))
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.name !== 'MillraceError'
      ? refused(path, error)
      : error
  }
  if (!unsafeNetworkFs) refuseNetwork(path)
  return path
}

/** Step by step: where nothing can be made, as in /proc, Node's own way of making all of them never ends. */
function make(path: string): void {
  const parent = dirname(path)
  // The root has no parent; on Windows it may not exist.
  if (parent !== path && !existsSync(parent)) make(parent)
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    // Made by another process meanwhile.
    if (errorCodeOf(error) !== 'EEXIST') throw error
  }
  // Its entry must survive a power cut too.
  fsyncDirectory(parent)
}

function refuseUnsafe(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw unusable(path, 'is a symbolic link; name the directory it leads to')
  if (!stats.isDirectory()) throw unusable(path, 'is a file, and a store needs a directory')
  if (process.platform === 'win32') return
  if (stats.uid !== process.geteuid?.())
    throw unusable(path, `belongs to another user (uid ${stats.uid}); choose a directory of your own`)
  if ((stats.mode & 0o022) !== 0) {
    throw unusable(path, `may be written to by other users; run \`chmod go-w\` on it`)
  }
}

function refuseNetwork(path: string): void {
  if (process.platform !== 'linux') return
  const name = networkFileSystems.get(statfsSync(path).type >>> 0)
  if (name !== undefined) {
    throw unusable(path, `lies on a network file system (${name}); use a local disk, or set unsafeNetworkFs`)
  }
}
