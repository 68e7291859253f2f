import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineBlock } from '../../packages/table/src/line-block.ts'
import type { LineCursor } from '../../packages/table/src/line-cursor.ts'
import { mergeFirst } from '../../packages/table/src/line-merge.ts'
import { Line } from '../../packages/table/src/line.ts'
import { runs } from '../depth.ts'
import { rowsWith } from './packed.ts'

interface Entry {
  readonly key: number
  readonly seq: number
  readonly slot: number
}

/** So many slots join in this manner, then so many leave in that one: enough to fill blocks of 512, split and merge them. */
const phase = fc.record({
  joins: fc.nat({ max: 900 }),
  key: fc.constantFrom('rising', 'falling', 'random', 'same'),
  leaves: fc.nat({ max: 900 }),
  from: fc.constantFrom('front', 'end', 'random', 'every other'),
  seed: fc.nat(),
})

describe('a line', () => {
  test('is in order of key, then seq, however jobs join and leave', () => {
    fc.assert(
      fc.property(fc.array(phase, { maxLength: 8 }), fc.boolean(), (phases, hasKeys) => {
        const { line, entries, rows } = play(phases, hasKeys)
        const slots = entries.map(({ slot }) => slot)
        expect(line.size).toBe(slots.length)
        expect(line.slots(Infinity)).toEqual(slots)
        expect(walk(line.cursor(), (at) => at.next())).toEqual(slots)
        expect(walk(line.cursorAtEnd(), (at) => at.previous())).toEqual(slots.toReversed())
        expect(line.firstKey).toBe(entries[0]?.key ?? Infinity)
        for (const { key, seq, slot } of entries.filter((_, index) => index % 97 === 0)) {
          expect(line.find(key, seq)).toBe(slot)
          expect(line.find(key, seq + 0.5)).toBe(-1)
          const after = entries.filter((other) => isBefore({ key, seq }, other)).map((other) => other.slot)
          expect(walk(line.cursorAfter(key, seq), (at) => at.next())).toEqual(after)
          const most = entries.filter((other) => other.key <= key).map((other) => other.slot)
          expect(line.slots(Infinity, key)).toEqual(most)
          expect(line.slots(3, key)).toEqual(most.slice(0, 3))
        }
        expect(mergeFirst(rows, [line], 5)).toEqual(slots.slice(0, 5))
      }),
      { numRuns: runs(30) },
    )
  })

  test('refuses to let out who is not in it', () => {
    const line = new Line(rowsWith([1, 2, 3]), true)
    line.add(5, 0)
    line.add(5, 2)
    expect(() => line.remove(5, 1)).toThrow('not in its line')
    expect(() => line.remove(6, 2)).toThrow('not in its line')
  })

  test('takes little more memory than what is in it, when most have left', () => {
    const seqs = Array.from({ length: 100_000 }, (_, index) => index)
    const line = new Line(rowsWith(seqs), true)
    for (const seq of seqs) line.add(seq, seq)
    for (const seq of seqs) if (seq % 50 !== 0) line.remove(seq, seq)
    expect(line.size).toBe(2_000)
    // A quarter full on average, or better.
    expect(line.blockCount).toBeLessThanOrEqual(16)
  })
})

test('lines merge in order of key, then seq', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 5 })), { maxLength: 40 }),
      fc.nat({ max: 50 }),
      (members, limit) => {
        const rows = rowsWith(members.map((_, index) => index))
        const lines = [0, 1, 2].map(() => new Line(rows, true))
        for (const [slot, [line, key]] of members.entries()) lines[line]!.add(key, slot)
        const sorted = [...members.entries()].toSorted(([a, [, keyA]], [b, [, keyB]]) => keyA - keyB || a - b)
        expect(mergeFirst(rows, lines, limit)).toEqual(sorted.slice(0, limit).map(([slot]) => slot))
      },
    ),
    { numRuns: runs(100) },
  )
})

test('a block grows, makes room at its front and splits without losing anyone', () => {
  const block = new LineBlock(true)
  for (let n = 0; n < 300; n++) block.insert(block.end, n, n)
  for (let n = 0; n < 100; n++) block.remove(block.start)
  for (let n = 300; n < 612; n++) block.insert(block.end, n, n)
  expect(block.isFull).toBe(true)
  const half = block.split()
  expect([block.size, half.size]).toEqual([256, 256])
  block.absorb(half)
  expect(entries(block)).toEqual(Array.from({ length: 512 }, (_, n) => n + 100))
  for (let n = 0; n < 500; n++) block.remove(block.start)
  const next = new LineBlock(true)
  for (let n = 0; n < 100; n++) next.insert(next.end, n, n + 612)
  block.absorb(next)
  expect(entries(block)).toEqual(Array.from({ length: 112 }, (_, n) => n + 600))
})

function entries(block: LineBlock): number[] {
  return [...block.slots.subarray(block.start, block.end)]
}

function play(
  phases: readonly { joins: number; key: string; leaves: number; from: string; seed: number }[],
  hasKeys: boolean,
): { line: Line; entries: Entry[]; rows: ReturnType<typeof rowsWith> } {
  const total = phases.reduce((sum, { joins }) => sum + joins, 0)
  const rows = rowsWith(Array.from({ length: total }, (_, slot) => (hasKeys ? (slot * 7919) % 10_007 : slot)))
  const line = new Line(rows, hasKeys)
  const entries: Entry[] = []
  let slot = 0
  for (const { joins, key, leaves, from, seed } of phases) {
    const random = generator(seed)
    for (let n = 0; n < joins; n++, slot++) {
      const seq = rows.seq(slot)
      const entry = { key: hasKeys ? keyOf(key, n, random) : seq, seq, slot }
      line.add(entry.key, slot)
      entries.push(entry)
    }
    entries.sort((a, b) => a.key - b.key || a.seq - b.seq)
    for (let n = 0; n < leaves && entries.length > 0; n++) {
      const [gone] = entries.splice(indexOf(from, n, entries.length, random), 1)
      line.remove(gone!.key, gone!.slot)
    }
  }
  return { line, entries, rows }
}

function keyOf(kind: string, n: number, random: () => number): number {
  if (kind === 'same') return 5
  if (kind === 'random') return Math.floor(random() * 1_000)
  return kind === 'rising' ? n : -n
}

function indexOf(from: string, n: number, length: number, random: () => number): number {
  if (from === 'front') return 0
  if (from === 'end') return length - 1
  return from === 'random' ? Math.floor(random() * length) : n % length
}

function isBefore(a: { key: number; seq: number }, b: Entry): boolean {
  return a.key < b.key || (a.key === b.key && a.seq < b.seq)
}

function walk(at: LineCursor, step: (at: LineCursor) => void): number[] {
  const slots: number[] = []
  for (; at.slot !== -1; step(at)) slots.push(at.slot)
  return slots
}

function generator(seed: number): () => number {
  let state = seed | 1
  return () => {
    state = Math.imul(state, 1_664_525) + 1_013_904_223
    return (state >>> 0) / 2 ** 32
  }
}
