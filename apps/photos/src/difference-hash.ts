export const hashWidth = 9
export const hashHeight = 8

/**
 * 64 bits as 16 hex digits, one for each pair of neighbours: is the left one brighter? Copies of a photo, scaled or
 * recompressed, differ in few bits (dHash, N. Krawetz 2013).
 *
 * @param grey 9 × 8 brightness values, row by row
 */
export function differenceHash(grey: Uint8Array): string {
  let bits = 0n
  for (let row = 0; row < hashHeight; row++) {
    for (let column = 1; column < hashWidth; column++) {
      const right = row * hashWidth + column
      bits = (bits << 1n) | (grey[right - 1]! > grey[right]! ? 1n : 0n)
    }
  }
  return bits.toString(16).padStart(16, '0')
}
