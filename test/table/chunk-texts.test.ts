import type { Body } from '@millrace/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isAscii, readText, writeAscii } from '../../packages/table/src/ascii.ts'
import { ChunkTexts } from '../../packages/table/src/chunk-texts.ts'
import { runs } from '../depth.ts'

const index = fc.constantFrom(0, 1, 2, 3, 1_022, 1_023)
const id = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('', 'ä', 'x'.repeat(255), 'x'.repeat(256)))
const payload = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom<Body>('', 'x'.repeat(1_024), 'x'.repeat(1_025), { segment: 1, offset: 2, bytes: 3 }),
)
const ascii = fc.stringMatching(/^[ -~]{0,60}$/)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('come' as const), index, id, payload }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), index, id, payload: ascii }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), index, payload }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('go' as const), index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pack' as const) }) },
)

describe('texts of a chunk', () => {
  test('are the same whether they were packed, and how often', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const texts = new ChunkTexts()
        const model = new Map<number, { id: string; payload: Body }>()
        for (const one of steps) {
          if (one.kind === 'pack') texts.pack()
          else if (one.kind === 'arrive') {
            const bytes = new TextEncoder().encode(`?${one.payload}?`)
            const isFree = !model.has(one.index)
            if (isFree && texts.append(one.index, one.id, bytes, 1, one.payload.length))
              model.set(one.index, { id: one.id, payload: one.payload })
          } else if (one.kind === 'go') {
            texts.vacate(one.index)
            model.delete(one.index)
          } else if (one.kind === 'come') {
            texts.setId(one.index, one.id)
            texts.setPayload(one.index, one.payload)
            model.set(one.index, { id: one.id, payload: one.payload })
          } else if (model.has(one.index)) {
            texts.setPayload(one.index, one.payload)
            model.set(one.index, { ...model.get(one.index)!, payload: one.payload })
          }
        }
        for (const at of [0, 1, 2, 3, 1_022, 1_023]) {
          const known = model.get(at)
          expect([texts.id(at), texts.isVacant(at)]).toEqual([known?.id, known === undefined])
          if (known === undefined) {
            expect(texts.storedPayload(at)).toBe(undefined)
            continue
          }
          expect(texts.payload(at)).toEqual(known.payload)
          expect([texts.isId(at, known.id), texts.isId(at, `${known.id}x`)]).toEqual([true, false])
          expect([texts.isPayload(at, known.payload), texts.isPayload(at, 'no')]).toEqual([true, false])
          expect(texts.storedPayload(at)).toEqual(
            typeof known.payload === 'string' ? undefined : known.payload,
          )
        }
      }),
      { numRuns: runs(150) },
    )
  })

  test('count those that came since the last packing', () => {
    const texts = new ChunkTexts()
    for (const at of [0, 1, 2]) texts.setId(at, `job-${at}`)
    const counts = [texts.fresh]
    texts.pack()
    counts.push(texts.fresh)
    texts.setId(1, 'another')
    expect([...counts, texts.fresh]).toEqual([3, 0, 1])
  })
})

describe('bytes of a text', () => {
  test('are read as TextDecoder reads them', () => {
    const encoder = new TextEncoder()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat({ max: 3 }), (text, start) => {
        const utf8 = encoder.encode(text)
        const bytes = new Uint8Array([...new Uint8Array(start), ...utf8, 7])
        expect(readText(bytes, start, utf8.length)).toBe(text)
        const isPlain = utf8.length === text.length
        expect(isAscii(text, bytes, start, utf8.length)).toBe(isPlain)
        const copy = new Uint8Array(bytes.length)
        expect(writeAscii(text, copy, start)).toBe(isPlain ? start + text.length : -1)
        if (isPlain) expect([...copy.subarray(start, start + text.length)]).toEqual([...utf8])
      }),
      { numRuns: runs(200) },
    )
  })
})
