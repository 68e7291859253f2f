import type { NumberArray, TextArray } from './statement.ts'

const textOid = 25
const float8Oid = 701
const headerBytes = 20

/** An array in PostgreSQL's binary form: no quoting, no parsing, on neither side. */
export function binaryArray(array: TextArray | NumberArray): Buffer {
  return 'texts' in array ? ofTexts(array.texts) : ofNumbers(array.numbers)
}

function ofTexts(texts: readonly (string | null)[]): Buffer {
  const lengths = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)))
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), headerBytes)
  const buffer = header(bytes, textOid, texts.length)
  let offset = headerBytes
  for (const [index, text] of texts.entries()) {
    offset = buffer.writeInt32BE(lengths[index]!, offset)
    if (text !== null) offset += buffer.write(text, offset)
  }
  return buffer
}

function ofNumbers(numbers: readonly (number | null)[]): Buffer {
  const present = numbers.reduce<number>((count, number) => count + (number === null ? 0 : 1), 0)
  const buffer = header(headerBytes + 4 * numbers.length + 8 * present, float8Oid, numbers.length)
  let offset = headerBytes
  for (const number of numbers) {
    offset = buffer.writeInt32BE(number === null ? -1 : 8, offset)
    if (number !== null) offset = buffer.writeDoubleBE(number, offset)
  }
  return buffer
}

/** One dimension, a flag that nulls may come, the type, the length, and 1 as the first index. */
function header(bytes: number, elementOid: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes)
  buffer.writeInt32BE(1, 0)
  buffer.writeInt32BE(1, 4)
  buffer.writeInt32BE(elementOid, 8)
  buffer.writeInt32BE(length, 12)
  buffer.writeInt32BE(1, 16)
  return buffer
}
