import { defineJob, MillraceError, verifyWebhook, webhookHandler, type Delivery } from 'millrace'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { setup } from './setup.ts'

interface Paid {
  readonly order: number
}
const paid = defineJob<Paid, Delivery>('webhook.paid', { retry: { maxFailures: 3 } })
const secret = `whsec_${btoa('0123456789abcdef0123456789abcdef')}`
const url = 'https://shop.example/hooks?token=hidden'

type Answer = Response | Error
interface Sent {
  readonly url: string
  readonly request: RequestInit
  readonly at: number
}

/** Delivers to a list of answers; the last one is given for ever. */
async function receiver(answers: readonly Answer[], options: object = {}) {
  const { runtime, clock } = await setup()
  const sent: Sent[] = []
  const fetch = async (to: string, request: RequestInit): Promise<Response> => {
    const answer = answers[Math.min(sent.length, answers.length - 1)]!
    sent.push({ url: to, request, at: clock.now() })
    if (answer instanceof Error) throw answer
    return answer.clone()
  }
  runtime.handle(paid, webhookHandler({ url, secret, clock, fetch, ...options }))
  runtime.work()
  const { id } = await runtime.enqueue(paid, { order: 7 })
  /** Signing takes a thread of the platform, which the clock cannot see. */
  const until = async (state: string) => {
    for (let step = 0; (await runtime.job(id))?.state !== state; step++) {
      expect(step).toBeLessThan(10_000)
      await clock.advance(100)
    }
    return (await runtime.job(id))!
  }
  return { runtime, clock, sent, id, until }
}

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : 'body', { status, headers })

describe('a webhook', () => {
  it('is delivered once, as JSON by POST, and its receiver can verify it', async () => {
    const { sent, id, until } = await receiver([answer(204)])
    expect((await until('completed')).result).toEqual({ status: 204 })
    expect(sent).toHaveLength(1)
    const { url: to, request, at } = sent[0]!
    expect(to).toBe(url)
    expect(request).toMatchObject({ method: 'POST', body: '{"order":7}', redirect: 'manual' })
    const headers = new Headers(request.headers)
    expect(headers.get('webhook-id')).toBe(id)
    expect(await verifyWebhook(headers, '{"order":7}', { secret, now: at })).toBe(true)
    const seconds = headers.get('webhook-timestamp')
    const mac = createHmac('sha256', '0123456789abcdef0123456789abcdef').update(
      `${id}.${seconds}.{"order":7}`,
    )
    expect(headers.get('webhook-signature')).toBe(`v1,${mac.digest('base64')}`)
  })

  it.each([408, 425, 429, 500, 502, 503])('answered %d is tried again, under the same id', async (status) => {
    const { sent, id, until } = await receiver([answer(status), answer(200)])
    expect(await until('completed')).toMatchObject({ failures: 1 })
    expect(sent.map(({ request }) => new Headers(request.headers).get('webhook-id'))).toEqual([id, id])
  })

  it.each([301, 400, 401, 404, 410, 422])('answered %d is a dead letter at once', async (status) => {
    const { sent, until } = await receiver([answer(status)])
    const dead = await until('dead')
    expect(dead).toMatchObject({ reason: 'nonRetryable', failures: 1 })
    expect(dead.error!.message).toBe(`POST https://shop.example/hooks answered ${status}`)
    expect(sent).toHaveLength(1)
  })

  it('whose network fails is tried as often as its job says', async () => {
    const { sent, until } = await receiver([new TypeError('fetch failed')])
    expect(await until('dead')).toMatchObject({ reason: 'exhausted', error: { message: 'fetch failed' } })
    expect(sent).toHaveLength(3)
  })

  it.each([
    ['90', 90_000],
    ['Thu, 01 Jan 2026 01:00:00 GMT', 3_600_000],
    ['9999999', 86_400_000],
  ])('heeds Retry-After: %s', async (header, waitMs) => {
    const { sent, clock, until } = await receiver([answer(429, { 'retry-after': header }), answer(200)])
    const waiting = await until('retrying')
    const startedAt = sent[0]!.at
    expect(Math.abs(waiting.runAt - startedAt - waitMs)).toBeLessThanOrEqual(1_000)
    await clock.advance(waitMs)
    await until('completed')
  })

  it('may send what the steps before it returned', async () => {
    const { runtime, sent, clock } = await receiver([answer(200)], {
      body: (_: Paid, context: { results(): Promise<unknown> }) => context.results(),
    })
    const pay = defineJob<number, string>('pay')
    runtime.handle(pay, (amount) => `receipt of ${amount}`)
    const { jobs } = await runtime.flow([
      { id: 'pay', job: pay, payload: 5 },
      { id: 'tell', job: paid, payload: { order: 7 }, after: ['pay'] },
    ])
    for (let step = 0; sent.length < 2; step++) {
      expect(step).toBeLessThan(10_000)
      await clock.advance(100)
    }
    expect(sent.map(({ request }) => request.body)).toContain('{"pay":"receipt of 5"}')
    expect(jobs.tell).toMatch(/\.tell$/)
  })

  it.each([
    ['no URL', { url: 'nowhere', secret }],
    ['another protocol', { url: 'file:///etc/passwd', secret }],
    ['a short secret', { url, secret: 'whsec_c2hvcnQ=' }],
    ['no base64', { url, secret: 'whsec_*' }],
    ['no secret', { url, secret: [] }],
    ['a misspelt option', { url, secret, retries: 3 }],
  ])('is refused with %s', (_, options) => {
    expect(() => webhookHandler(options)).toThrow(MillraceError)
  })
})

describe('verifyWebhook', () => {
  // The published example of the Standard Webhooks specification's libraries.
  const known = {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    now: 1_614_265_330_000,
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  }
  const verify = (
    changes: Record<string, string> = {},
    body = known.body,
    now = known.now,
    by = known.secret,
  ) => verifyWebhook(new Headers({ ...known.headers, ...changes }), body, { secret: by, now })

  it('accepts the example of the specification', async () => {
    expect(await verify()).toBe(true)
  })

  it('accepts one good signature among others', async () => {
    const others = `v1a,AAAA v1,*** v1,AAAA ${known.headers['webhook-signature']}`
    expect(await verify({ 'webhook-signature': others })).toBe(true)
  })

  it('accepts any of several secrets, while they are exchanged', async () => {
    const headers = new Headers(known.headers)
    const options = { secret: [secret, known.secret], now: known.now }
    expect(await verifyWebhook(headers, known.body, options)).toBe(true)
  })

  it('refuses whatever was changed, is old, or is not signed', async () => {
    expect(await verify({}, `${known.body} `)).toBe(false)
    expect(await verify({ 'webhook-id': 'msg_other' })).toBe(false)
    expect(await verify({ 'webhook-timestamp': '1614265331' })).toBe(false)
    expect(await verify({ 'webhook-timestamp': 'soon' })).toBe(false)
    expect(await verify({ 'webhook-signature': '' })).toBe(false)
    expect(await verify({}, known.body, known.now, secret)).toBe(false)
    expect(await verifyWebhook(new Headers(), known.body, { secret, now: known.now })).toBe(false)
  })

  it('tolerates five minutes either way, to the millisecond', async () => {
    expect(await verify({}, known.body, known.now + 300_000)).toBe(true)
    expect(await verify({}, known.body, known.now - 300_000)).toBe(true)
    expect(await verify({}, known.body, known.now + 300_001)).toBe(false)
    expect(await verify({}, known.body, known.now - 300_001)).toBe(false)
  })
})
