import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aesGcmCodec, createRuntime, defineJob, type Codec, type JobView, type Runtime } from 'millrace'
import { fileStore } from 'millrace/file'
import type { VirtualClock } from 'millrace/testing'
import type { Store } from '@millrace/core'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { describe, expect, it, onTestFinished } from 'vitest'
import { setup, shared } from './setup.ts'

const canary = 'canary-5f1d'
const work = defineJob<string, string>('work', { retry: { maxFailures: 2 } })
const child = defineJob<string, void>('child')
const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
const codec = (current = 'k1') => aesGcmCodec({ keys: { k1: key(1), k2: key(2) }, current })
const moment = { now: 0, seed: 0 }

/** Takes no time but microtasks, which a clock that stands still waits for; the platform's threads it cannot see. */
const quick: Codec = {
  encode: async (text, place) => btoa(encodeURIComponent(JSON.stringify([place, text]))),
  decode: async (text, place) => {
    const [written, own] = JSON.parse(decodeURIComponent(atob(text))) as readonly [string, string]
    if (written !== place) throw new Error('it was changed')
    return own
  },
}

/** Moves time on until the job is in that state. */
async function comesTo(state: string, runtime: Runtime, clock: VirtualClock, id: string): Promise<void> {
  for (let step = 0; (await runtime.job(id))?.state !== state; step++) {
    expect(step).toBeLessThan(10_000)
    await clock.advance(100)
  }
}

/** A runtime with a codec over rows that the test can look at. */
async function sealed(options: Parameters<typeof setup>[0] = {}) {
  const rows = new NaiveRows()
  const store = shared(naiveStore(rows))
  return { ...(await setup({ codec: quick, ...options, store })), rows, store }
}

/** All that the store keeps and tells of jobs and schedules. */
async function dump(store: Store): Promise<string> {
  const { jobs } = await store.run('listJobs', { limit: 1_000 }, moment)
  return JSON.stringify([jobs, await store.run('listSchedules', {}, moment)])
}

/** What the other one holds is put in this one's place, as somebody could who can write to the store. */
async function swapPayloads(rows: NaiveRows, [a, b]: readonly string[]): Promise<void> {
  const [one, two] = [rows.job(a!)!, rows.job(b!)!]
  rows.put({ ...one, payload: two.payload })
  rows.put({ ...two, payload: one.payload })
}

describe('with a codec', () => {
  it('nothing of payloads, results and steps can be read in the store or its events, and the runtime reads it all', async () => {
    const { runtime, clock, store } = await sealed({ codec: codec() })
    const told: string[] = []
    store.subscribe({ events: (events) => void told.push(JSON.stringify(events)) })
    runtime.handle(child, async (_, context) => {
      expect(await context.results()).toEqual({ first: `${canary} result` })
    })
    runtime.handle(work, async (payload, context) => {
      expect(payload).toBe(`${canary} payload`)
      await context.once('step', () => `${canary} step`)
      if (context.attempt === 1) throw new Error('again')
      expect(await context.once('step', () => 'never')).toBe(`${canary} step`)
      await context.enqueue(child, `${canary} of a child`, { delay: '1d' })
      return `${canary} result`
    })
    runtime.work()
    await runtime.schedule('daily', { every: '1d', job: child, payload: `${canary} daily` })
    const { jobs } = await runtime.flow([
      { id: 'first', job: work, payload: `${canary} payload` },
      { id: 'then', job: child, payload: canary, after: ['first'] },
    ])
    await comesTo('completed', runtime, clock, jobs.then)
    expect(await runtime.result(jobs.first)).toBe(`${canary} result`)
    expect(await runtime.job(jobs.first)).toMatchObject({ payload: `${canary} payload`, failures: 1 })
    expect(await dump(store)).not.toContain('canary')
    expect(told.length).toBeGreaterThan(4)
    expect(told.join()).not.toContain('canary')
  })

  it('nothing of them can be read in the files of a store', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'millrace-codec-')), 'jobs')
    onTestFinished(() => rmSync(join(directory, '..'), { recursive: true, force: true }))
    const everything = (): string =>
      readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
        .join()
    const echo = async (options: { readonly codec?: ReturnType<typeof codec> }): Promise<void> => {
      const runtime = await createRuntime({ store: fileStore({ directory }), ...options })
      runtime.handle(work, (payload) => `${payload}!`)
      runtime.work()
      // One in the log's row, one apart from it.
      for (const payload of [canary, canary.repeat(1_000)]) {
        const { id } = await runtime.enqueue(work, payload)
        expect(await runtime.result(id)).toBe(`${payload}!`)
      }
      await runtime.close()
    }
    await echo({ codec: codec() })
    expect(everything()).not.toContain(canary)
    // And this test can see one that is there.
    await echo({})
    expect(everything()).toContain(canary)
  })

  it('an older key still reads what it wrote, and the current one writes', async () => {
    const { runtime, clock, store, rows } = await sealed({ codec: codec() })
    const { id } = await runtime.enqueue(work, 'old')
    const later = await setup({ clock, store: shared(naiveStore(rows)), codec: codec('k2') })
    const { id: newer } = await later.runtime.enqueue(work, 'new')
    expect((await later.runtime.job(id))?.payload).toBe('old')
    expect((await later.runtime.job(newer))?.payload).toBe('new')
    const texts = (await store.run('listJobs', { limit: 10 }, moment)).jobs.map((job) => job.payload)
    expect(texts).toEqual([expect.stringContaining(' k1.'), expect.stringContaining(' k2.')])
  })

  it('a key that is missing is named, fails the attempt, and keeps no other job waiting', async () => {
    const { runtime, clock, rows } = await sealed({ codec: codec('k2') })
    const { id } = await runtime.enqueue(work, 'secret')
    const only = aesGcmCodec({ keys: { k1: key(1) }, current: 'k1' })
    const poor = await setup({ clock, store: shared(naiveStore(rows)), codec: only })
    let seen = ''
    poor.runtime.handle(work, (payload) => (seen = payload))
    poor.runtime.work()
    const { id: other } = await poor.runtime.enqueue(work, 'readable')
    await comesTo('completed', poor.runtime, clock, other)
    await comesTo('dead', poor.runtime, clock, id)
    expect(seen).toBe('readable')
    const dead = (await poor.runtime.job(id))!
    expect(dead).toMatchObject({ state: 'dead', failures: 2, error: { code: 'PAYLOAD_UNREADABLE' } })
    expect(dead.error!.message).toMatch(/encrypted with key k2; add that to the codec's keys/)
    expect(() => dead.payload).toThrow(/key k2/)
  })

  it("one job's text is not read as another's, nor a changed one at all", async () => {
    const { runtime, clock, rows } = await sealed()
    const ids = [(await runtime.enqueue(work, 'pay 1')).id, (await runtime.enqueue(work, 'pay 1000')).id]
    await swapPayloads(rows, ids)
    const seen: string[] = []
    runtime.handle(work, (payload) => (seen.push(payload), payload))
    runtime.work()
    await clock.advance(60_000)
    const { id } = await runtime.enqueue(work, 'honest', { delay: '1h' })
    const job = rows.job(id)!
    const text = job.payload as string
    rows.put({ ...job, payload: `${text.slice(0, -8)}AAAA${text.slice(-4)}` })
    await clock.advance(3_700_000)
    expect(seen).toEqual([])
    for (const one of [...ids, id]) expect((await runtime.job(one))?.state).toBe('dead')
  })

  it('a claimed place does not help: it is bound to the text', async () => {
    const { runtime, rows } = await sealed()
    const ids = [(await runtime.enqueue(work, 'pay 1')).id, (await runtime.enqueue(work, 'pay 1000')).id]
    const [one, two] = ids.map((id) => rows.job(id)!)
    const place = (one!.payload as string).split(' ')[1]
    const stolen = (two!.payload as string).split(' ')[2]
    rows.put({ ...one!, payload: `sealed ${place} ${stolen}` })
    const view = (await runtime.job(ids[0]!))!
    expect(() => view.payload).toThrow(/was changed/)
  })

  it('payloads that move are read where they arrive: rerun, replace, compensation, schedule', async () => {
    const { runtime, clock } = await sealed()
    const seen: string[] = []
    const sync = defineJob<string, void>('sync', { unique: () => ({ key: 'all' }) })
    const undo = defineJob<string, void>('undo')
    runtime.handle(sync, async (payload) => {
      seen.push(payload)
      if (payload === 'one') for (const next of ['two', 'three']) await runtime.enqueue(sync, next)
    })
    runtime.handle(child, (payload) => void seen.push(payload))
    runtime.handle(undo, (payload) => void seen.push(`undo ${payload}`))
    runtime.handle(work, () => {
      throw new Error('no')
    })
    await runtime.enqueue(sync, 'zero')
    await runtime.enqueue(sync, 'one')
    runtime.work()
    await clock.advance(0)
    expect(seen).toEqual(['one', 'three'])
    await runtime.flow([{ id: 'a', job: work, payload: 'step', compensate: undo }])
    await runtime.schedule('often', { every: '1m', job: child, payload: 'tick' })
    await clock.advance(60_000)
    expect(seen.slice(2)).toEqual(['undo step', 'tick'])
  })

  it('the same schedule again keeps its place in time, a changed payload does not', async () => {
    const { runtime, clock } = await sealed()
    const put = (payload: string): Promise<void> =>
      runtime.schedule('s', { every: '1m', job: child, payload })
    await put('a')
    const [before] = await runtime.schedules()
    await clock.advance(20_000)
    await put('a')
    expect(await runtime.schedules()).toEqual([before])
    await put('b')
    expect((await runtime.schedules())[0]!.nextAt).not.toEqual(before!.nextAt)
  })

  it('commands keep the order they were asked for in, though sealing takes its time', async () => {
    const { runtime } = await sealed()
    const enqueued = runtime.enqueue(work, 'x'.repeat(100_000))
    const listed = runtime.jobs()
    expect((await listed).jobs).toHaveLength(1)
    await enqueued
  })

  it('what was stored before there was a codec is still read', async () => {
    const rows = new NaiveRows()
    const { runtime, clock } = await setup({ store: shared(naiveStore(rows)) })
    const { id } = await runtime.enqueue(work, 'plain')
    const later = await setup({ clock, store: shared(naiveStore(rows)), codec: quick })
    expect((await later.runtime.job(id))?.payload).toBe('plain')
  })

  it('an event shows the job without its bodies, and says where to get them', async () => {
    const { runtime, clock } = await sealed()
    const views: JobView[] = []
    runtime.on('completed', ({ job }) => views.push(job))
    runtime.handle(work, () => 'result')
    runtime.work()
    const { id } = await runtime.enqueue(work, 'payload')
    await clock.advance(0)
    expect(() => views[0]!.payload).toThrow(/runtime\.job\(id\)/)
    expect(await runtime.job(id)).toMatchObject({ payload: 'payload', result: 'result' })
  })

  it('a payload is mended for one dead letter at a time', async () => {
    const { runtime, clock } = await sealed()
    runtime.handle(work, (payload) => {
      if (payload === 'bad') throw new Error('no')
      return payload
    })
    runtime.work()
    const { id } = await runtime.enqueue(work, 'bad')
    await clock.advance(60_000)
    const all = runtime.deadLetters.redrive({ payload: 'good' })
    await expect(all).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
    await runtime.deadLetters.redrive({ ids: [id], payload: 'good' })
    await clock.advance(0)
    expect(await runtime.result(id)).toBe('good')
  })

  it('maxBytes counts what is stored', async () => {
    const { runtime } = await sealed({ queues: { default: { maxBytes: 100 } } })
    await expect(runtime.enqueue(work, 'x'.repeat(60))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  })
})

describe('aesGcmCodec', () => {
  it.each([
    ['a short key', { keys: { k1: new Uint8Array(31) }, current: 'k1' }],
    ['a long key', { keys: { k1: new Uint8Array(33) }, current: 'k1' }],
    ['no current key', { keys: { k1: key(1) }, current: 'k2' }],
    ['a name with a dot', { keys: { 'k.1': key(1) }, current: 'k.1' }],
  ])('refuses %s', (_, options) => {
    expect(() => aesGcmCodec(options)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }))
  })

  it('takes keys of the platform, and never seals the same text alike', async () => {
    const generated = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ])
    const one = aesGcmCodec({ keys: { own: generated }, current: 'own' })
    const texts = await Promise.all(Array.from({ length: 50 }, () => one.encode('text', 'here')))
    expect(new Set(texts).size).toBe(50)
    expect(await one.decode(texts[0]!, 'here')).toBe('text')
    await expect(one.decode(texts[0]!, 'there')).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE' })
    await expect(one.decode('own.AAAA', 'here')).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE' })
    await expect(one.decode('no text', 'here')).rejects.toMatchObject({ code: 'PAYLOAD_UNREADABLE' })
  })
})
