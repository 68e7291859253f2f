import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode, utf8Length } from '../../packages/runtime/src/payload.ts'
import { runs } from '../depth.ts'

const plain = fc.jsonValue({ maxDepth: 5 })

test('every JSON value comes back as it went in', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(decode(encode(value, 'p').text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: runs(1_000) },
  )
})

test('bytes are those of UTF-8, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
      expect(encode(text, 'p').bytes).toBe(new TextEncoder().encode(JSON.stringify(text)).length)
    }),
    { numRuns: runs(1_000) },
  )
})

test.each([
  ['undefined', undefined],
  ['null', null],
  ['zero', 0],
  ['a negative number', -1.5],
  ['a large number', 1e300],
  ['a small number', 5e-324],
  ['an empty text', ''],
  ['a text that looks like a number', '42'],
  ['a text of a lone quote', '"'],
  ['true', true],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['nested lists', [[], [[]], [{ a: [] }]]],
])('%s survives', (_, value) => {
  expect(decode(encode(value, 'p').text)).toEqual(value)
})

test('a property that is undefined is one that is not there', () => {
  expect(decode(encode({ a: undefined, b: 1 }, 'p').text)).toStrictEqual({ b: 1 })
})

test('__proto__ is a name like any other, and changes no prototype', () => {
  const evil: unknown = JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
  )
  const back = decode(encode(evil, 'p').text) as object
  expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  expect(Object.hasOwn(back, '__proto__')).toBe(true)
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

class Point {
  x = 1
}

const cycle: Record<string, unknown> = { list: [1] }
cycle.self = { back: cycle }

test.each<[string, unknown, string]>([
  ['a function', { a: { f: () => 1 } }, '$.a.f is a function'],
  ['a symbol', [1, Symbol('s')], '$[1] is a symbol'],
  ['a BigInt', { n: 1n }, '$.n is a bigint'],
  ['NaN', { list: [Number.NaN] }, '$.list[0] is NaN'],
  ['Infinity', Infinity, '$ is Infinity'],
  ['undefined in a list', [undefined], '$[0] is undefined'],
  ['a hole in a list', { a: Object.assign([], { length: 2 }) }, '$.a[0] is undefined'],
  ['a cycle', cycle, '$.self.back is a cycle'],
  ['a Date', { at: new Date(0) }, '$.at is a Date'],
  ['a Map', new Map(), '$ is a Map'],
  ['bytes', { bytes: new Uint8Array(2) }, '$.bytes is a Uint8Array'],
  ['an instance of a class', { p: new Point() }, '$.p is a Point'],
  ['a value that turns itself into another', { toJSON: () => 'x' }, '$.toJSON is a function'],
])('%s is refused, and the message says where it is', (_, value, where) => {
  expect(() => encode(value, 'the payload of job')).toThrow(
    expect.objectContaining({
      code: 'PAYLOAD_INVALID',
      message: expect.stringContaining(`the payload of job: ${where}`) as string,
    }),
  )
})

test('the same object twice is no cycle', () => {
  const shared = { a: 1 }
  expect(decode(encode({ one: shared, two: [shared, shared] }, 'p').text)).toEqual({
    one: shared,
    two: [shared, shared],
  })
})

function nested(depth: number): unknown {
  let value: unknown = 'leaf'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { down: value }
  return value
}

test('64 levels are accepted and 65 are not', () => {
  expect(decode(encode(nested(64), 'p').text)).toEqual(nested(64))
  expect(() => encode(nested(65), 'p')).toThrow(expect.objectContaining({ code: 'PAYLOAD_INVALID' }))
})

test('a hundred thousand levels are refused without running out of stack', () => {
  expect(() => encode(nested(100_000), 'p')).toThrow(expect.objectContaining({ code: 'PAYLOAD_INVALID' }))
})

test('the limit counts bytes of the stored text, to the byte', () => {
  const text = 'ä'.repeat(9)
  expect(encode(text, 'p', 20).bytes).toBe(20)
  expect(() => encode(text, 'p', 19)).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }))
  expect(() => encode('x'.repeat(1_048_575), 'p')).toThrow(/1048577 bytes, the limit is 1048576/)
  expect(encode('x'.repeat(1_048_574), 'p').bytes).toBe(1_048_576)
})

test.for(['{"a":', '12px', '-', 'sealed by another', ' '])(
  'a stored text that is no JSON has a code of its own: %j',
  (text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code: 'PAYLOAD_UNREADABLE' }))
  },
)
