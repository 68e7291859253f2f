import { ByteReader, ByteWriter } from '@millrace/table'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '../depth.ts'

const written = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), value: fc.nat({ max: 0xff }) }),
  fc.record({ kind: fc.constant('u16' as const), value: fc.nat({ max: 0xffff }) }),
  fc.record({ kind: fc.constant('u32' as const), value: fc.nat({ max: 0xffffffff }) }),
  fc.record({ kind: fc.constant('i32' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('f64' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant('varint' as const), value: fc.maxSafeNat() }),
  fc.record({
    kind: fc.constant('text' as const),
    value: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.constantFrom(
        '',
        '\ufeffwith a mark',
        '漢'.repeat(42),
        '漢'.repeat(43),
        'x'.repeat(127),
        'x'.repeat(128),
        'ä'.repeat(9_000),
      ),
    ),
  }),
)

describe('bytes', () => {
  test('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 40 }), fc.constantFrom(1, 8, 1024), (values, capacity) => {
        const writer = new ByteWriter(capacity)
        for (const { kind, value } of values) writer[kind](value as never)
        const reader = new ByteReader(writer.written())
        for (const { kind, value } of values) expect(reader[kind]()).toBe(value)
        expect(reader.atEnd).toBe(true)
        expect(reader.position).toBe(writer.position)
      }),
      { numRuns: runs(300) },
    )
  })

  test('say where the UTF-8 of a text begins', () => {
    const decoder = new TextDecoder()
    for (const text of ['a', 'ä'.repeat(60), 'x'.repeat(300), '漢'.repeat(6_000)]) {
      const writer = new ByteWriter(4)
      writer.u8(7)
      const start = writer.text(text)
      expect(decoder.decode(writer.written(start))).toBe(text)
    }
  })

  test('can be patched, taken back and begun anew', () => {
    const writer = new ByteWriter(2)
    const hole = writer.reserve(13)
    writer.raw(new Uint8Array([1, 2, 3]))
    writer.patchU8(hole, 9)
    writer.patchU32(hole + 1, 0xdeadbeef)
    writer.patchF64(hole + 5, -0.5)
    const reader = new ByteReader(writer.written())
    expect([reader.u8(), reader.u32(), reader.f64(), ...reader.raw(3)]).toEqual([
      9, 0xdeadbeef, -0.5, 1, 2, 3,
    ])
    writer.truncate(1)
    expect([...writer.written()]).toEqual([9])
    writer.clear()
    expect(writer.position).toBe(0)
  })

  test('that end too early, or are no number or text, are refused', () => {
    const refuse = (bytes: readonly number[], read: (reader: ByteReader) => unknown): void =>
      expect(() => read(new ByteReader(new Uint8Array(bytes)))).toThrow(
        expect.objectContaining({ code: 'STORE_CORRUPT' }),
      )
    refuse([], (reader) => reader.u8())
    refuse([1, 2, 3], (reader) => reader.u32())
    refuse([1, 2, 3, 4, 5, 6, 7], (reader) => reader.f64())
    refuse([0x80, 0x80], (reader) => reader.varint())
    refuse([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], (reader) => reader.varint())
    refuse([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], (reader) => reader.varint())
    refuse([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], (reader) => reader.varint())
    refuse([3, 97, 98], (reader) => reader.text())
    refuse([0xff, 0xff, 0xff, 0xff, 0x0f, 97], (reader) => reader.text())
    refuse([1, 0xff], (reader) => reader.text())
    refuse([0], (reader) => reader.raw(2))
  })
})
