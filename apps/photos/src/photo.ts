import { createHash } from 'node:crypto'

/** A photo as the walk found it: plain data, so that it can be the payload of a job. */
export interface Photo {
  /** Names this very version of the photo, and every file made from it: touched or changed, it is another photo. */
  readonly key: string
  /** Relative to the input folder, with slashes. */
  readonly path: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly modifiedAt: number
}

export function photoOf(path: string, bytes: number, modifiedAt: number): Photo {
  const key = createHash('sha256')
    .update(JSON.stringify([path, bytes, modifiedAt]))
    .digest('hex')
    .slice(0, 32)
  return { key, path, bytes, modifiedAt }
}
