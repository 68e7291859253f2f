/** A payload or a result as stores keep it: encoded text, or a reference to text a store keeps elsewhere. */
export type Body = string | StoredBody

/** Text that a store left on its disk; only that store can read it back, and it does so before a reply leaves it. */
export interface StoredBody {
  readonly segment: number
  readonly offset: number
  readonly bytes: number
}

/** In a reply, what stands for a text that could not be read: one of them keeps nobody from the other jobs. */
export class UnreadableBody implements StoredBody {
  readonly segment = 0
  readonly offset = 0
  readonly bytes: number
  /** For whoever needs the text. */
  readonly error: unknown
  /** It will never be read: a job that has it for its payload goes to the dead letters at once. */
  readonly isLost: boolean

  constructor(bytes: number, error: unknown, isLost: boolean) {
    this.bytes = bytes
    this.error = error
    this.isLost = isLost
  }
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
