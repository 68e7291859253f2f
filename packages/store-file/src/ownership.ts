import {
  errorCodeOf,
  readAt,
  reading,
  removeIfThere,
  writeAll,
  type Directory,
  type OpenFile,
} from './directory.ts'
import { owned } from './errors.ts'
import { nameOf, numbersOf } from './file-names.ts'
import type { Announced, Presence } from './presence.ts'
import { publish } from './publish.ts'

/** More rounds than contenders could sensibly need; losing all of them means somebody else is the owner. */
const rounds = 16
const maximumFileBytes = 4096
const releasedMark = 'released\n'

interface Claim {
  readonly pid: number
  readonly socket: string
}

export interface OwnershipOptions {
  readonly directory: Directory
  readonly presence: Presence
  readonly pid: number
  /** Take the store from an owner that is there but stays silent for so long; never when left out. */
  readonly takeoverAfterMs?: number | undefined
}

/**
 * The right to write to a store (R12): the highest `own.<epoch>` file is the owner's. It is claimed with `link`, which
 * succeeds once for each epoch; the highest is never removed, so no epoch is ever used twice.
 */
export class Ownership {
  readonly epoch: number
  readonly #directory: Directory
  readonly #file: OpenFile
  readonly #announced: Announced
  readonly #own: string
  readonly #successor: string

  constructor(directory: Directory, epoch: number, file: OpenFile, announced: Announced) {
    this.epoch = epoch
    this.#directory = directory
    this.#file = file
    this.#announced = announced
    this.#own = nameOf('own', epoch)
    this.#successor = nameOf('own', epoch + 1)
  }

  /**
   * Asked after every flush and before every acknowledgement. A new owner makes its file before it reads the logs, so
   * what was flushed while this held is seen by it.
   */
  get holds(): boolean {
    return this.#directory.exists(this.#own) && !this.#directory.exists(this.#successor)
  }

  /** Marks the file instead of removing it: the highest epoch must stay known. */
  async release(): Promise<void> {
    try {
      if (this.holds) {
        writeAll(this.#file, Buffer.from(releasedMark), this.#file.size())
        this.#file.sync()
      }
    } catch {
      // Without the mark the next owner finds nobody who answers, which says the same.
    } finally {
      this.#file.close()
      await this.#announced.end()
    }
  }
}

/** Becomes the owner, or throws STORE_OWNED. */
export async function takeOwnership(options: OwnershipOptions): Promise<Ownership> {
  await refuseIfOwned(options)
  // Answering before claiming: whoever sees the claim must find us alive.
  const announced = await options.presence.announce()
  try {
    for (let round = 0; round < rounds; round++) {
      const highest = await refuseIfOwned(options)
      const taken = claim(options, announced, highest + 1)
      if (taken) return taken
    }
    throw owned(options.directory.path, 'another process that starts now')
  } catch (error) {
    await announced.end()
    throw error
  }
}

/** Answers the highest epoch so far, whose owner is gone. */
async function refuseIfOwned({ directory, presence, takeoverAfterMs }: OwnershipOptions): Promise<number> {
  const highest = highestEpoch(directory)
  const owner = highest === 0 ? undefined : readOwner(directory, highest)
  if (owner && (await presence.isAlive(owner.socket, takeoverAfterMs))) {
    throw owned(directory.path, `process ${owner.pid}`)
  }
  return highest
}

function claim(
  { directory, pid }: OwnershipOptions,
  announced: Announced,
  epoch: number,
): Ownership | undefined {
  const content: Claim = { pid, socket: announced.name }
  let file: OpenFile
  try {
    file = publish(directory, nameOf('own', epoch), (fresh) => {
      writeAll(fresh, Buffer.from(`${JSON.stringify(content)}\n`), 0)
    })
  } catch (error) {
    // Taken by another; or that other, being the owner now, cleared our temporary file away.
    if (['EEXIST', 'ENOENT'].includes(errorCodeOf(error))) return undefined
    throw error
  }
  // An epoch that was free because its owner came and went is no longer the highest.
  if (highestEpoch(directory) !== epoch) {
    file.close()
    return undefined
  }
  removeLower(directory, epoch)
  return new Ownership(directory, epoch, file, announced)
}

function removeLower(directory: Directory, epoch: number): void {
  for (const lower of numbersOf('own', directory.list())) {
    if (lower >= epoch) continue
    const socket = readOwner(directory, lower)?.socket
    if (socket !== undefined) removeIfThere(directory, socket)
    removeIfThere(directory, nameOf('own', lower))
  }
}

function highestEpoch(directory: Directory): number {
  return numbersOf('own', directory.list()).at(-1) ?? 0
}

/** Who claimed this epoch and has not let go of it. */
export function readOwner(directory: Directory, epoch: number): Claim | undefined {
  let text: string
  try {
    const bytes = reading(directory, nameOf('own', epoch), (file) => readAt(file, 0, maximumFileBytes))
    text = Buffer.from(bytes).toString('utf8')
  } catch (error) {
    // Only a file that is gone means nobody: a lack of handles must not pass for a dead owner.
    if (errorCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  return text.endsWith(`\n${releasedMark}`) ? undefined : parseClaim(text)
}

/** Damage makes it nobody's: who still believes in it is fenced off like any other zombie. */
function parseClaim(text: string): Claim | undefined {
  try {
    const { pid, socket } = JSON.parse(text) as Partial<Claim>
    return typeof pid === 'number' && isSocketName(socket) ? { pid, socket } : undefined
  } catch {
    return undefined
  }
}

/** What stands in the file becomes a path: nothing but a name of our own making may. */
function isSocketName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z]+\.[0-9a-f]{16}$/.test(name)
}
