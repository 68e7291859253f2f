import { expect, test } from 'vitest'
import { crc32c } from '../../packages/store-file/src/crc32c.ts'

// RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms.
test.for([
  ['nine digits', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 times 0xff', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['rising bytes', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['nothing', new Uint8Array(0), 0],
] as const)('the checksum of %s is the published one', ([, bytes, expected]) => {
  expect(crc32c(bytes)).toBe(expected)
})

test('a checksum can be taken in pieces, cut anywhere', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => (index * 37) % 256)
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(crc32c(bytes, cut, bytes.length, crc32c(bytes, 0, cut))).toBe(crc32c(bytes))
  }
})
