import type { Guarantee } from '@millrace/core'

const kept = 'The browser keeps it until the user deletes the data of the site.'
const evictable =
  'The browser may delete all data of the site when space gets short; ask navigator.storage.persist() to keep it.'

/** What is really in force: the durability that a transaction got, and whether storage is persistent. */
export function guaranteeOf(
  durability: IDBTransactionDurability | undefined,
  isPersisted: boolean,
): Guarantee {
  const place = isPersisted ? kept : evictable
  if (durability === 'strict')
    return {
      durability: 'power',
      promise:
        'When enqueue or a settlement resolves, the browser has written the record and flushed it to the device. It survives ' +
        `a reload, a crash of the tab or the browser, and a power cut, if the device honours flushes. ${place}`,
    }
  return {
    durability: 'process',
    promise:
      'When enqueue or a settlement resolves, the browser has handed the record to the operating system. It survives a reload ' +
      `and a crash of the tab or the browser. An OS crash or a power cut may drop the newest records. ${place}`,
  }
}

/** False where the browser cannot tell. */
export async function isStoragePersisted(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) === true
  } catch {
    return false
  }
}
