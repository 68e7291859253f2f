import { base64, bytesOf } from './base64.ts'
import { systemClock } from './clock.ts'
import { parseDuration, type Duration } from './duration.ts'
import { badArgument, checkOptions } from './options.ts'

/** `whsec_` and base64, or the bytes themselves: 24 to 64 of them. Several while they are exchanged: the first signs, any verifies. */
export type WebhookSecret = string | Uint8Array | readonly (string | Uint8Array)[]

export interface VerifyOptions {
  readonly secret: WebhookSecret
  /** How old or how far ahead a delivery may be; 5 minutes, if not given. */
  readonly tolerance?: Duration
  /** Milliseconds since 1970; now, if not given. */
  readonly now?: number
}

export const signatureHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const

const standardTolerance: Duration = '5m'
const [fewestBytes, mostBytes] = [24, 64]

/** HMAC-SHA-256 over id, time and body, as https://www.standardwebhooks.com (version 1) writes it. */
export async function signWebhook(
  secret: WebhookSecret,
  id: string,
  seconds: number,
  body: string,
): Promise<string> {
  const content = signedContent(id, String(seconds), body)
  const sign = async (one: string | Uint8Array): Promise<string> =>
    `v1,${base64(new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(one), content)))}`
  return (await Promise.all(secretsOf(secret).map(sign))).join(' ')
}

/** For receivers: true if a delivery was signed with the secret, and lately. `body` is the text as it came, before any parsing. */
export async function verifyWebhook(
  headers: Headers,
  body: string,
  options: VerifyOptions,
): Promise<boolean> {
  checkOptions(options, ['secret', 'tolerance', 'now'], 'verifyWebhook')
  const keys = await Promise.all(secretsOf(options.secret).map(keyOf))
  const id = headers.get(signatureHeaders.id)
  const timestamp = headers.get(signatureHeaders.timestamp) ?? ''
  if (id === null || !isFresh(timestamp, options)) return false
  const content = signedContent(id, timestamp, body)
  for (const signature of signaturesOf(headers.get(signatureHeaders.signature) ?? ''))
    for (const key of keys)
      // The platform compares in constant time.
      if (await crypto.subtle.verify('HMAC', key, signature, content)) return true
  return false
}

/** Throws at once if one of them is none. */
export function checkSecret(secret: WebhookSecret): void {
  const secrets = secretsOf(secret)
  if (secrets.length === 0) throw badArgument('a webhook needs a secret')
  for (const one of secrets) secretBytes(one)
}

function secretsOf(secret: WebhookSecret): readonly (string | Uint8Array)[] {
  return typeof secret === 'string' || secret instanceof Uint8Array ? [secret] : secret
}

function isFresh(timestamp: string, { tolerance = standardTolerance, now }: VerifyOptions): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  const away = Math.abs((now ?? systemClock().now()) - Number(timestamp) * 1_000)
  return away <= parseDuration(tolerance, 'tolerance')
}

/** Those of the version we know; of others there may be more beside them. */
function signaturesOf(header: string): readonly Uint8Array<ArrayBuffer>[] {
  return header.split(' ').flatMap((part) => {
    if (!part.startsWith('v1,')) return []
    try {
      return [bytesOf(part.slice(3))]
    } catch {
      return []
    }
  })
}

function signedContent(id: string, timestamp: string, body: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${id}.${timestamp}.${body}`)
}

async function keyOf(secret: string | Uint8Array): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return await crypto.subtle.importKey('raw', secretBytes(secret), algorithm, false, ['sign', 'verify'])
}

function secretBytes(secret: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = decoded(secret)
  if (bytes.length >= fewestBytes && bytes.length <= mostBytes) return bytes
  throw badArgument(`a webhook's secret has ${fewestBytes} to ${mostBytes} bytes, not ${bytes.length}`)
}

function decoded(secret: string | Uint8Array): Uint8Array<ArrayBuffer> {
  if (typeof secret !== 'string') return new Uint8Array(secret)
  try {
    return bytesOf(secret.replace(/^whsec_/, ''))
  } catch {
    throw badArgument("a webhook's secret must be base64, with or without whsec_ before it")
  }
}
