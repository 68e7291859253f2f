import { expect, inject, test } from 'vitest'
import { sharedCells } from '../../packages/pool/src/cells.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the pages of this project are cross-origin isolated; not given in Node. */
    readonly isolated?: boolean
  }
}

test('memory is shared in Node and in isolated pages, and nowhere else', () => {
  expect(sharedCells() !== undefined).toBe(inject('isolated') ?? true)
})
