/** The two words the exam needs of a test runner; those of vitest, jest, mocha and node:test will do. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown
}
