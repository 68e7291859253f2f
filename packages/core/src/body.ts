/** A payload or a result as stores keep it: encoded text, or a reference to text a store keeps elsewhere. */
export type Body = string | StoredBody

/** Text that a store left on its disk; only that store can read it back, and it does so before a reply leaves it. */
export interface StoredBody {
  readonly segment: number
  readonly offset: number
  readonly bytes: number
}

/** Bytes of the text in UTF-8, which is how stores keep it: a pair of surrogates takes four, a lone one three. */
export function byteLength(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit <= 0x7f) bytes += 1
    else if (unit <= 0x7ff) bytes += 2
    else if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) {
      bytes += 4
      index++
    } else bytes += 3
  }
  return bytes
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}
