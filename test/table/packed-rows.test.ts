import { defaultBackoff, noExtras, states, type Job, type Kind } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PackedRows } from '../../packages/table/src/packed-rows.ts'
import { codeOf, place } from '../../packages/table/src/row-layout.ts'
import { runs } from '../depth.ts'

const kinds: readonly Kind[] = ['a', 'b'].map((queue) => ({
  queue,
  name: 'x',
  version: 3,
  retry: { maxFailures: 5, maxCrashes: 3, backoff: defaultBackoff },
  timeoutMs: 7,
}))
const owners = ['', 'w1']

const time = fc.oneof(
  fc.constant(0),
  fc.double({ noNaN: true }).map((value) => value + 0),
  fc.constantFrom(1_700_000_000_000, Infinity, -1),
)
const count = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.nat({ max: 2 ** 30 - 1 }) },
)
const slots = [0, 1, 1_023, 1_024, 5_000]
const anyRow = fc.record({
  slot: fc.constantFrom(...slots),
  kind: fc.constantFrom(0, 1),
  owner: fc.constantFrom(0, 1),
  numbers: fc.record({
    rank: time,
    runAt: time,
    createdAt: time,
    since: time,
    leaseUntil: time,
    seq: fc.nat({ max: 2 ** 30 }),
    attempt: count,
    epoch: count,
    failures: count,
    crashes: count,
    snoozes: count,
    refunds: count,
    generation: count,
    bytes: count,
    priority: fc.integer({ min: -(2 ** 27), max: 2 ** 27 - 1 }),
    state: fc.constantFrom(...states),
    payload: fc.oneof(fc.string(), fc.constant({ segment: 1, offset: 2, bytes: 3 })),
    extras: fc.constantFrom(noExtras, { progress: 0.5 }),
    id: fc.string(),
  }),
})
// No two slots have the same seq, and many want the same place among the hot jobs.
const row = anyRow.map(({ numbers, ...one }) => ({
  ...one,
  numbers: { ...numbers, seq: (numbers.seq * slots.length + slots.indexOf(one.slot)) * 1_024 },
}))
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

describe('packed rows', () => {
  test('give back every job as it was written last', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (written) => {
        const rows = new PackedRows()
        const model = new Map<number, Job>()
        for (const one of written) {
          write(rows, one)
          model.set(one.slot, jobOf(one))
        }
        for (const [slot, job] of model) {
          expect(rows.read(slot, kinds, owners)).toEqual(job)
          expect([rows.id(slot), rows.seq(slot), states[rows.state(slot)]]).toEqual([
            job.id,
            job.seq,
            job.state,
          ])
          expect([slot, -1]).toContain(rows.recent(job))
          expect(rows.recent({ ...job, id: `${job.id}?` })).toBe(-1)
        }
      }),
      { numRuns: runs(60) },
    )
  })

  test('take a row at rest whole, whatever stood there', () => {
    fc.assert(
      fc.property(row, row, fc.stringMatching(/^[ -~]{0,9}$/), (before, one, payload) => {
        const rows = new PackedRows()
        write(rows, { ...before, slot: one.slot })
        rows.vacate(one.slot)
        const { kind, owner, slot } = one
        const job = { ...jobOf(one), payload }
        const bytes = new TextEncoder().encode(`?${payload}?`)
        const span = { bytes, start: 1, length: payload.length }
        const isPacked = rows.writeAtRest(slot, job, span, codeOf(job.state), kind, owner)
        expect(isPacked).toBe(/^[\0-\x7f]{1,255}$/.test(job.id))
        if (isPacked) expect(rows.read(slot, kinds, owners)).toEqual(job)
        else expect(rows.isVacant(slot)).toBe(true)
      }),
      { numRuns: runs(60) },
    )
  })

  test('know each number by its place', () => {
    fc.assert(
      fc.property(row, (one) => {
        const rows = new PackedRows()
        write(rows, one)
        const { priority, state, payload: _, extras: __, id: ___, ...numbers } = one.numbers
        const standing = (priority << 4) | codeOf(state)
        const expected = { ...numbers, standing, kind: one.kind, owner: one.owner, mark: 0 }
        for (const [name, at] of Object.entries(place))
          expect([name, rows.number(one.slot, at)]).toEqual([name, expected[name as keyof typeof place]])
      }),
      { numRuns: runs(40) },
    )
  })
})

function write(rows: PackedRows, { slot, kind, owner, numbers }: Row): void {
  rows.ensure(slot)
  rows.setId(slot, numbers.id)
  rows.setPayload(slot, numbers.payload)
  rows.write(slot, jobOf({ slot, kind, owner, numbers }), codeOf(numbers.state), kind, owner)
}

function jobOf({ kind, owner, numbers }: Row): Job {
  return { ...kinds[kind]!, ...numbers, owner: owners[owner]! }
}
