import { MillraceError } from '@millrace/core'
import { base64, bytesOf } from './base64.ts'
import { badArgument, checkOptions } from './options.ts'
import { checkName } from './names.ts'

/**
 * Changes payloads and results on their way to the store and back. `place` says where the text belongs; a text is read
 * back only with the place it was written for, so that nobody can give one job's text to another.
 */
export interface Codec {
  encode(text: string, place: string): Promise<string>
  decode(text: string, place: string): Promise<string>
}

export interface AesGcmOptions {
  /** By their ids; a raw key has 32 bytes. Keys that are no longer current still read what they wrote. */
  readonly keys: Readonly<Record<string, CryptoKey | Uint8Array>>
  /** The id of the key that writes. */
  readonly current: string
}

const keyBytes = 32
const ivBytes = 12

/** AES-256-GCM (NIST SP 800-38D) of the platform's WebCrypto, with a random 96-bit IV for each text: one key is good for 2^32 texts. */
export function aesGcmCodec(options: AesGcmOptions): Codec {
  checkOptions(options, ['keys', 'current'], 'aesGcmCodec')
  const { current } = options
  const keys = new Map(Object.entries(options.keys).map(([id, key]) => [checkKeyId(id), importKey(id, key)]))
  if (!keys.has(current)) throw badArgument(`aesGcmCodec: current must be one of the keys`)
  return {
    encode: async (text, place) => {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes))
      const sealed = await crypto.subtle.encrypt(parameters(iv, place), await keys.get(current)!, utf8(text))
      const bytes = new Uint8Array(ivBytes + sealed.byteLength)
      bytes.set(iv)
      bytes.set(new Uint8Array(sealed), ivBytes)
      return `${current}.${base64(bytes)}`
    },
    decode: async (text, place) => {
      const dot = text.indexOf('.')
      const id = text.slice(0, dot)
      const key = keys.get(id)
      if (key === undefined)
        throw unreadable(place, `it was encrypted with key ${id}; add that to the codec's keys`)
      try {
        const bytes = bytesOf(text.slice(dot + 1))
        const by = parameters(bytes.subarray(0, ivBytes), place)
        return new TextDecoder().decode(await crypto.subtle.decrypt(by, await key, bytes.subarray(ivBytes)))
      } catch (error) {
        throw unreadable(
          place,
          `it was changed, or key ${id} is another one than it was encrypted with`,
          error,
        )
      }
    },
  }
}

export function unreadable(place: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('PAYLOAD_UNREADABLE', `${place} cannot be read: ${why}`, { cause })
}

function parameters(iv: Uint8Array<ArrayBuffer>, place: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: utf8(place) }
}

function checkKeyId(id: string): string {
  if (checkName(id, 'the id of a key').includes('.')) throw badArgument('the id of a key has no dot')
  return id
}

function importKey(id: string, key: CryptoKey | Uint8Array): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return Promise.resolve(key)
  if (key.length !== keyBytes)
    throw badArgument(`key ${id} has ${key.length} bytes; it must have ${keyBytes}`)
  return crypto.subtle.importKey('raw', new Uint8Array(key), 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
