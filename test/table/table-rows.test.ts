import { NaiveRows } from '@millrace/store-spec'
import { Table } from '@millrace/table'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runs } from '../depth.ts'
import { askEverything } from './ask.ts'
import { deed, perform, type Deed } from './deeds.ts'

/** Deeds of one command, and whether it is taken back. */
const command = fc.record({
  deeds: fc.array(deed, { minLength: 1, maxLength: 6 }),
  undone: fc.boolean(),
  settles: fc.boolean(),
})

test('after any puts, removes and undos, every index answers as a recount would', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
      const table = new Table()
      let model = new NaiveRows()
      for (const { deeds, undone, settles } of commands) {
        const before = model.copy()
        const mark = table.mark()
        both(table, model, deeds)
        if (undone) {
          table.undoTo(mark)
          model = before
        }
        if (settles) table.settle()
      }
      expect(askEverything(table.rows)).toEqual(askEverything(model))
    }),
    { numRuns: runs(100) },
  )
})

test('undoing several commands at once brings back all that was before the first', () => {
  fc.assert(
    fc.property(
      fc.array(deed, { maxLength: 40 }),
      fc.array(fc.array(deed, { maxLength: 8 }), { maxLength: 5 }),
      (first, later) => {
        const table = new Table()
        const model = new NaiveRows()
        both(table, model, first)
        table.settle()
        const before = askEverything(table.rows)
        const mark = table.mark()
        const after = model.copy()
        for (const deeds of later) {
          table.mark()
          both(table, after, deeds)
        }
        table.undoTo(mark)
        expect(askEverything(table.rows)).toEqual(before)
        expect(before).toEqual(askEverything(model))
      },
    ),
    { numRuns: runs(50) },
  )
})

function both(table: Table, model: NaiveRows, deeds: readonly Deed[]): void {
  for (const one of deeds) {
    perform(table.rows, one)
    perform(model, one)
  }
}
