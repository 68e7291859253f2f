/** The lock that says this owner lives: held until it is let go, or the context it lives in is gone. */
export interface OwnerLock {
  release(): void
}

export function ownerPrefix(name: string): string {
  return `millrace:${name}:own:`
}

/**
 * Takes the lock of a new owner; resolves when it is held. `onStolen` is called when somebody took us for dead.
 */
export function holdOwnerLock(
  locks: LockManager,
  name: string,
  owner: string,
  onStolen: () => void,
): Promise<OwnerLock> {
  return new Promise((resolve, reject) => {
    let isHeld = false
    const held = locks.request(ownerPrefix(name) + owner, () => {
      isHeld = true
      return new Promise<void>((release) => resolve({ release }))
    })
    held.catch((error: unknown) => (isHeld ? onStolen() : reject(error)))
  })
}

/** Owners that hold their locks now. */
export async function livingOwners(locks: LockManager, name: string): Promise<readonly string[]> {
  const { held = [] } = await locks.query()
  const prefix = ownerPrefix(name)
  return held.flatMap((lock) => (lock.name?.startsWith(prefix) ? [lock.name.slice(prefix.length)] : []))
}
