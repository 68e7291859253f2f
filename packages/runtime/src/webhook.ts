import { systemClock, type Clock } from './clock.ts'
import type { HandlerContext } from './context.ts'
import type { Handler } from './define-job.ts'
import { badArgument, checkFunction, checkOptions } from './options.ts'
import { NonRetryable, RetryAfter } from './throwables.ts'
import { checkSecret, signatureHeaders, signWebhook, type WebhookSecret } from './webhook-signature.ts'

export interface WebhookOptions<Payload> {
  readonly url: string | URL
  readonly secret: WebhookSecret
  /** What is sent, as JSON; the payload, if not given. In a flow `(_, context) => context.results()` sends what the steps before returned. */
  readonly body?: (payload: Payload, context: HandlerContext) => unknown
  /** Sent along; not those of the signature. */
  readonly headers?: Readonly<Record<string, string>>
  /** For tests: what delivers, and where the time comes from. */
  readonly fetch?: (url: string, request: RequestInit) => Promise<Response>
  readonly clock?: Clock
}

/** What became of a delivery. */
export interface Delivery {
  readonly status: number
}

// A receiver that is full may name the time; one that names next year is not heeded.
const longestRetryAfterMs = 86_400_000

/**
 * Delivers the payload by POST, signed as https://www.standardwebhooks.com says; `webhook-id` is the job's id, the same on every
 * try, so a receiver can tell a repetition. 408, 425, 429, 5xx and a network that fails are tried again, `Retry-After` is heeded,
 * any other answer but 2xx is a dead letter: trying again would not help. Redirects are not followed.
 *
 * @example
 * const paid = defineJob<Payment, Delivery>('webhook.paid', { retry: { maxFailures: 12 }, timeout: '30s' })
 * runtime.handle(paid, webhookHandler({ url, secret: 'whsec_…' }))
 */
export function webhookHandler<Payload>(options: WebhookOptions<Payload>): Handler<Payload, Delivery> {
  checkOptions(options, ['url', 'secret', 'body', 'headers', 'fetch', 'clock'], 'webhookHandler')
  const { secret, body = (payload) => payload, headers = {}, clock = systemClock() } = options
  const { fetch = globalThis.fetch.bind(globalThis) } = options
  const url = checkUrl(options.url)
  checkFunction(body, 'webhookHandler: body')
  checkSecret(secret)
  return async (payload, context) => {
    const text = JSON.stringify((await body(payload, context)) ?? null)
    const seconds = Math.floor(clock.now() / 1_000)
    const signed = {
      ...headers,
      'content-type': 'application/json',
      [signatureHeaders.id]: context.id,
      [signatureHeaders.timestamp]: String(seconds),
      [signatureHeaders.signature]: await signWebhook(secret, context.id, seconds, text),
    }
    const { signal } = context
    const request = { method: 'POST', headers: signed, body: text, redirect: 'manual', signal } as const
    const response = await fetch(url.href, request)
    // An answer that nobody reads would keep its connection; and its end is not ours to wait for.
    response.body?.cancel().catch(() => {})
    return judge(response, url, clock)
  }
}

function judge(response: Response, url: URL, clock: Clock): Delivery {
  const { status } = response
  if (response.ok) return { status }
  // The query may have secrets of its own.
  const what = `POST ${url.origin}${url.pathname} answered ${status}`
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) throw new NonRetryable(what)
  const waitMs = retryAfterMs(response.headers.get('retry-after'), clock)
  if (waitMs === undefined) throw new Error(what)
  throw new RetryAfter(Math.min(waitMs, longestRetryAfterMs), `${what}; it asked for ${waitMs} ms`)
}

/** Seconds or a date, as RFC 9110 has it. */
function retryAfterMs(header: string | null, clock: Clock): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d{1,12}\s*$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now())
}

function checkUrl(value: string | URL): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw badArgument('webhookHandler: url must be a URL that begins with https: or http:')
}
