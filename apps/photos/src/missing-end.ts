/**
 * True if a photo breaks off, or ends in zeros as an interrupted download leaves them, and its decoder does not mind:
 * those of JPEG and WebP paint something where data is missing.
 *
 * @param pixels how many the photo has
 */
export function missesItsEnd(photo: Buffer, format: string, pixels: number): boolean {
  if (format === 'jpeg') return !hasEndMark(photo)
  return format === 'webp' && breaksOff(photo, pixels)
}

const endOfImage = 0xd9
const startOfScan = 0xda

/** Goes from mark to mark. What follows the end mark is no part of the picture, and cameras add a lot there. */
function hasEndMark(jpeg: Buffer): boolean {
  // Behind the mark that starts the image.
  let at = 2
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== endOfImage) {
    const marker = jpeg[at + 1]!
    // Marks may be filled up with bytes of 255.
    at += marker === 0xff ? 1 : 2 + jpeg.readUInt16BE(at + 2)
    if (marker === startOfScan) at = endOfScan(jpeg, at)
  }
  return jpeg[at] === 0xff && jpeg[at + 1] === endOfImage
}

function endOfScan(jpeg: Buffer, from: number): number {
  let at = jpeg.indexOf(0xff, from)
  while (at >= 0 && isData(jpeg[at + 1])) at = jpeg.indexOf(0xff, at + 2)
  return at < 0 ? jpeg.length : at
}

/** A byte of 255 as data has it, or a mark at which a decoder may start afresh. */
function isData(second: number | undefined): boolean {
  return second === 0 || (second !== undefined && second >= 0xd0 && second <= 0xd7)
}

function breaksOff(webp: Buffer, pixels: number): boolean {
  const length = webp.readUInt32LE(4) + 8
  if (length > webp.length) return true
  let zeros = 0
  while (zeros < length && webp[length - 1 - zeros] === 0) zeros++
  // A photo all in one colour ends in zeros too: one for about 10,000 pixels.
  return zeros > 64 + pixels / 4096
}
