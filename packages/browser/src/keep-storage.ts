let isAsked = false

/**
 * Asks the browser to keep this site's data when space runs short, once, and only within a gesture of the user's: elsewhere some
 * browsers refuse for good. Answers whether it will; undefined if it was not asked.
 */
export async function keepStorage(): Promise<boolean | undefined> {
  const { userActivation, storage } = navigator
  if (isAsked || userActivation?.isActive !== true || storage?.persist === undefined) return undefined
  isAsked = true
  return await storage.persist()
}
