import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdIndex } from '../../packages/table/src/id-index.ts'
import { PackedRows } from '../../packages/table/src/packed-rows.ts'
import { runs } from '../depth.ts'

test('finds every id it holds and no other, through growth, gaps and shrinking', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 3_000 })), { maxLength: 6 }),
      (waves) => {
        const { rows, index } = setup()
        const model = new Map<string, number>()
        let slot = 0
        for (const [joins, leaves] of waves) {
          for (let n = 0; n < joins; n++, slot++) {
            const id = `job-${slot}`
            expect(index.find(id)).toBe(-1)
            rows.ensure(slot)
            rows.setId(slot, id)
            index.add(id, slot)
            model.set(id, slot)
          }
          for (const [id, known] of [...model].slice(0, leaves)) {
            index.remove(known)
            model.delete(id)
          }
          for (let n = 0; n < slot; n++)
            if ((index.find(`job-${n}`) !== -1) !== model.has(`job-${n}`))
              throw new Error(`job-${n} is found wrongly`)
          for (const [id, known] of model) if (index.find(id) !== known) throw new Error(`${id} is not found`)
          expect(index.size).toBe(model.size)
        }
      },
    ),
    { numRuns: runs(15) },
  )
})

test('takes any text for an id, the empty one too', () => {
  const { rows, index } = setup()
  const ids = ['', '\u{1f600}', 'ä', '\0', 'a'.repeat(128), '__proto__']
  for (const [slot, id] of ids.entries()) {
    expect(index.find(id)).toBe(-1)
    rows.setId(slot, id)
    index.add(id, slot)
  }
  expect(ids.map((id) => index.find(id))).toEqual([0, 1, 2, 3, 4, 5])
})

test('refuses to remove what is not there', () => {
  const { rows, index } = setup()
  rows.setId(0, 'a')
  index.add('a', 0)
  expect(() => index.remove(1)).toThrow('not in the index')
})

function setup(): { rows: PackedRows; index: IdIndex } {
  const rows = new PackedRows()
  rows.ensure(0)
  return { rows, index: new IdIndex(rows) }
}
