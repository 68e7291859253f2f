/** What Background Sync knows the jobs of a store by. */
export function syncTag(name: string): string {
  return `millrace:${name}`
}
