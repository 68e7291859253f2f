import { MillraceError, type Store } from '@millrace/core'
import { tableStore } from '@millrace/table'
import { answerOthers } from './answer-others.ts'
import { isOutOfSpace, removeIfThere } from './directory.ts'
import { notOpened } from './errors.ts'
import { reserveFile } from './file-names.ts'
import { guarantees, type Durability } from './guarantee.ts'
import { Inbox } from './inbox.ts'
import { FileJournal } from './journal.ts'
import { NodeDirectory } from './node-directory.ts'
import { takeOwnership, type Ownership } from './ownership.ts'
import { prepareDirectory } from './prepare-directory.ts'
import { SocketPresence } from './socket-presence.ts'
import { openStoreHeader } from './store-header.ts'

export interface FileStoreOptions {
  /** Made when it does not exist; it belongs to this store alone. */
  readonly directory: string
  /** `disk` (default) survives a power cut; `os` only a crash of the process, and is faster. */
  readonly durability?: Durability
  /** Take the store from an owner that is stopped and gave no sign of life for so long. By default it is left alone. */
  readonly takeoverAfterMs?: number
  /** Network file systems are refused, as what they promise about flushes and links cannot be relied upon. */
  readonly unsafeNetworkFs?: boolean
}

/**
 * A store in a directory, owned by one process at a time; others reach it through `submitJobs`.
 *
 * Rejects with BAD_ARGUMENT, STORE_UNUSABLE, STORE_OWNED, STORE_VERSION, STORE_CORRUPT or STORE_FAILED; nothing stored is then changed.
 */
export async function fileStore(options: FileStoreOptions): Promise<Store> {
  refuseWrong(options)
  const path = prepareDirectory(options.directory, options.unsafeNetworkFs ?? false)
  try {
    return await orWithoutReserve(new NodeDirectory(path), (directory) => openStore(directory, options))
  } catch (error) {
    throw notOpened(path, error)
  }
}

function refuseWrong(options: Partial<FileStoreOptions> | undefined): void {
  const { directory, durability = 'disk' } = options ?? {}
  if (typeof directory !== 'string' || directory === '')
    throw new MillraceError('BAD_ARGUMENT', 'directory must be a path: fileStore({ directory: "./jobs" })')
  if (!Object.hasOwn(guarantees, durability))
    throw new MillraceError('BAD_ARGUMENT', `durability ${String(durability)} must be 'disk' or 'os'`)
}

/** R11: what is queued on a full disk would never drain if its next owner found no room to come in. */
async function orWithoutReserve<T>(
  directory: NodeDirectory,
  open: (directory: NodeDirectory) => Promise<T>,
): Promise<T> {
  try {
    return await open(directory)
  } catch (error) {
    if (!isOutOfSpace(error) || !directory.exists(reserveFile)) throw error
    removeIfThere(directory, reserveFile)
    return open(directory)
  }
}

async function openStore(
  directory: NodeDirectory,
  { durability = 'disk', takeoverAfterMs }: FileStoreOptions,
): Promise<Store> {
  const { path } = directory
  const storeId = openStoreHeader(directory)
  const presence = new SocketPresence(path)
  const ownership = await takeOwnership({ directory, presence, pid: process.pid, takeoverAfterMs })
  const inbox = Inbox.in(path)
  const store = await openTable({ directory, storeId, ownership, durability })
  presence.answerWith(answerOthers(store, inbox))
  await inbox.ingest(store)
  return store
}

interface Owned {
  readonly directory: NodeDirectory
  readonly storeId: string
  readonly ownership: Ownership
  readonly durability: Durability
}

async function openTable(owned: Owned): Promise<Store> {
  const journal = new FileJournal({
    ...owned,
    now: () => performance.now(),
    warn: (warning) => process.emitWarning(`${owned.directory.path}: ${warning}`, 'MillraceWarning'),
  })
  try {
    return await tableStore(journal)
  } catch (error) {
    await owned.ownership.release()
    throw error
  }
}
