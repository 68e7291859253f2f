import { posix } from 'node:path'

const formatByExtension: Readonly<Record<string, string>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.png': 'png',
  '.webp': 'webp',
  '.avif': 'avif',
  '.gif': 'gif',
  '.tif': 'tiff',
  '.tiff': 'tiff',
}

/** The format a file's name claims; nothing if it does not claim to be a photo. */
export function claimedFormat(path: string): string | undefined {
  return formatByExtension[posix.extname(path).toLowerCase()]
}
