import { cdp } from 'vitest/browser'

interface Protocol {
  send(method: string, parameters: object): Promise<unknown>
}

/** What the user does in the browser's settings, in the DevTools protocol. */
export async function clearSiteData(): Promise<void> {
  await protocol().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' })
}

/** The space this origin gets; without a number, what the browser thinks fit. It counts from when no database is open. */
export async function overrideQuota(quotaSize?: number): Promise<void> {
  await protocol().send('Storage.overrideQuotaForOrigin', {
    origin: location.origin,
    ...(quotaSize !== undefined && { quotaSize }),
  })
}

function protocol(): Protocol {
  return cdp() as unknown as Protocol
}
