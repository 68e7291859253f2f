const high = 2 ** 32

/** Sequence numbers and offsets stay below 2^53, so numbers do and no BigInt is made on the hot path. */
export function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % high, true)
  view.setUint32(at + 4, Math.floor(value / high), true)
}

export function readU64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * high
}
