import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataOf, textOf } from '../../packages/table/src/data-text.ts'
import { runs } from '../depth.ts'

const leaf = fc.oneof(
  fc.string(),
  fc.constantFrom(Infinity, -Infinity, 'Infinity', 'null', '{"Infinity":null}'),
  fc.double({ noNaN: true }),
  fc.boolean(),
)
const { data } = fc.letrec((tie) => ({
  data: fc.dictionary(fc.constantFrom('a', 'Infinity', '-Infinity', '__proto__', 'null'), tie('value'), {
    maxKeys: 4,
  }),
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('data')),
}))

describe('data as text', () => {
  test('comes back as it was, infinities and odd names included', () => {
    fc.assert(
      fc.property(data, (value) => {
        const back = dataOf(textOf(value as object))
        expect(describeValue(back)).toEqual(describeValue(value))
      }),
      { numRuns: runs(500) },
    )
  })

  test.for(['', '{', '1', 'null', '[]', '"a"'])('%s is refused', (text) => {
    expect(() => dataOf(text)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }))
  })
})

/** JSON has one zero only. */
function describeValue(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(describeValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value).map(([name, inner]) => [name, describeValue(inner)])
}
