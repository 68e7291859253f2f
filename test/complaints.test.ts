/** What users of other systems complain of most; each test is named after one complaint, and drives the public API from end to end. */
import { createRuntime, defineJob, type MillraceError, type Runtime, type RuntimeOptions } from 'millrace'
import { createTestRuntime, FaultStore, seededEntropy, VirtualClock } from 'millrace/testing'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { gate, memory, setup, shared } from './runtime/setup.ts'

const work = defineJob<number, string>('work')
let processes = 0

/** A process of its own: its clock stands still unless the test moves it, and nobody closes it. */
async function processOn(
  store: FaultStore,
  options: Partial<RuntimeOptions> & { readonly clock?: VirtualClock } = {},
): Promise<{ readonly runtime: Runtime; readonly clock: VirtualClock }> {
  const { clock = new VirtualClock() } = options
  const entropy = seededEntropy(1_000_000 + ++processes)
  return { runtime: await createRuntime({ entropy, ...options, store, clock }), clock }
}

describe('the complaint of', () => {
  it('leases lost while the handler runs', async () => {
    const store = shared(await memory())
    const { runtime, clock } = await setup({ store })
    const other = await setup({ store, clock })
    const long = gate<string>()
    let runs = 0
    for (const one of [runtime, other.runtime]) {
      one.handle(work, () => {
        runs++
        return long.promise
      })
      one.work({ lease: '30s' })
    }
    const { id } = await runtime.enqueue(work, 1)
    await clock.advance(2 * 3_600_000)
    long.resolve('after two hours')
    await clock.advance(0)
    expect(await runtime.result(id)).toBe('after two hours')
    expect(runs).toBe(1)
  })

  it('late results of zombie workers', async () => {
    const store = shared(await memory())
    const zombie = await processOn(store)
    const late = gate<string>()
    const fenced: number[] = []
    zombie.runtime.handle(work, (_, context) => {
      fenced.push(context.fencingToken)
      return late.promise
    })
    zombie.runtime.work({ lease: '30s' })
    const { id } = await zombie.runtime.enqueue(work, 1)
    await zombie.clock.advance(0)
    // From here on its process is stopped; another one takes the job over.
    const { runtime, clock } = await setup({ store })
    runtime.handle(work, (_, context) => (fenced.push(context.fencingToken), 'of the living'))
    runtime.work()
    await clock.advance(60_000)
    expect(await runtime.result(id)).toBe('of the living')
    let lost = 0
    zombie.runtime.on('leaseLost', () => void lost++)
    late.resolve('of the zombie')
    await zombie.clock.advance(0)
    expect(await runtime.result(id)).toBe('of the living')
    expect(lost).toBe(1)
    expect(fenced[1]).toBeGreaterThan(fenced[0]!)
  })

  it('jobs stuck after a crash', async () => {
    const rows = new NaiveRows()
    const crashed = await processOn(new FaultStore(naiveStore(rows), { sharing: false }))
    crashed.runtime.handle(work, () => gate<string>().promise)
    crashed.runtime.work()
    const { id } = await crashed.runtime.enqueue(work, 1)
    await crashed.clock.advance(0)
    expect((await crashed.runtime.job(id))?.state).toBe('processing')
    const { runtime, clock } = await setup({ store: new FaultStore(naiveStore(rows), { sharing: false }) })
    runtime.handle(work, () => 'done')
    runtime.work()
    await clock.advance(2_000)
    expect(await runtime.result(id)).toBe('done')
  })

  it('poison jobs in a loop', async () => {
    const rows = new NaiveRows()
    const clock = new VirtualClock()
    let starts = 0
    const { id } = await (
      await setup({ clock, store: new FaultStore(naiveStore(rows), { sharing: false }) })
    ).runtime.enqueue(work, 1)
    for (let life = 1; life <= 6; life++) {
      const { runtime } = await processOn(new FaultStore(naiveStore(rows), { sharing: false }), { clock })
      // The process dies under it: nothing is ever settled.
      runtime.handle(work, () => {
        starts++
        return gate<string>().promise
      })
      runtime.work({ lease: '1d' })
      await clock.advance(3_600_000)
    }
    const { runtime } = await setup({ clock, store: new FaultStore(naiveStore(rows), { sharing: false }) })
    expect(await runtime.job(id)).toMatchObject({ state: 'dead', reason: 'poison', crashes: 3 })
    expect(starts).toBe(3)
  })

  it('workers that silently stop pulling', async () => {
    const { runtime, clock, store } = await setup()
    const jobs = Array.from({ length: 300 }, (_, index) => index)
    const noAnswer = new Error('no answer')
    const troubles: string[] = []
    let runs = 0
    runtime.on('error', ({ doing }) => void troubles.push(doing))
    runtime.handle(work, () => `run ${++runs}`)
    runtime.work({ concurrency: 2 })
    for (let round = 1; round <= 10; round++) {
      store.fail('claim', noAnswer, { times: 3 })
      store.fail('reap', noAnswer, { times: 2 })
      await runtime.enqueueMany(work, jobs)
      await clock.advance(10_000)
      expect(runs).toBe(round * 300)
    }
    // And never in silence.
    expect(troubles).toContain('claim')
  })

  it.each([
    [
      '2026-03-27T12:00:00Z',
      ['2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      '2026-10-23T12:00:00Z',
      ['2026-10-24T00:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
  ])('wrong cron at clock changes (from %s)', async (from, nights) => {
    const { runtime, clock } = await setup({ clock: new VirtualClock(Date.parse(from)) })
    const nightly = defineJob<null, void>('nightly')
    const ran: string[] = []
    runtime.handle(nightly, (_, context) => {
      expect(clock.now() - context.nominalAt).toBeLessThan(60_000)
      ran.push(new Date(context.nominalAt).toISOString())
    })
    runtime.work()
    await runtime.schedule('nightly', {
      cron: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      job: nightly,
      payload: null,
    })
    await clock.advance(3 * 86_400_000 - 6 * 3_600_000)
    expect(ran).toEqual(nights)
  })

  it.each(['dies', 'is cancelled', 'expires', 'is discarded'])(
    'parents stuck in flows, when a child %s',
    async (how) => {
      const { runtime, clock } = await setup()
      const step = defineJob<string, void>('step', { retry: { maxFailures: 1 } })
      runtime.handle(step, (payload) => {
        if (payload === 'dies') throw new Error('no')
      })
      const after = [{ step: 'child', onFailure: 'continue' }] as const
      const { jobs } = await runtime.flow([
        {
          id: 'child',
          job: step,
          payload: how === 'is discarded' ? 'dies' : how,
          ...(how === 'expires' && { deadline: '1s' }),
        },
        { id: 'sibling', job: step, payload: 'well' },
        { id: 'parent', job: step, payload: 'well', after: [...after, 'sibling'] },
        { id: 'strict', job: step, payload: 'well', after: ['child'] },
      ])
      if (how === 'expires') await clock.advance(2_000)
      if (how === 'is cancelled') await runtime.cancel(jobs.child)
      runtime.work()
      await clock.advance(0)
      if (how === 'is discarded') await runtime.deadLetters.discard({ ids: [jobs.child] })
      await clock.advance(60_000)
      expect((await runtime.job(jobs.parent))?.state).toBe('completed')
      expect((await runtime.job(jobs.strict))?.state).toBe('dead')
      await runtime.drain()
    },
  )

  it('running jobs that cannot be cancelled', async () => {
    const { runtime, clock } = await setup()
    const stubborn = defineJob<null, string>('stubborn')
    let reason = ''
    runtime.handle(work, async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      reason = (signal.reason as MillraceError).code
      throw signal.reason
    })
    runtime.handle(stubborn, () => gate<string>().promise)
    runtime.work({ concurrency: 2, grace: '5s' })
    const heeding = await runtime.enqueue(work, 1)
    const deaf = await runtime.enqueue(stubborn, null)
    await clock.advance(0)
    expect(await runtime.cancel(heeding.id)).toBe('requested')
    expect(await runtime.cancel(deaf.id)).toBe('requested')
    await clock.advance(0)
    expect((await runtime.job(heeding.id))?.state).toBe('cancelled')
    expect(reason).toBe('JOB_CANCELLED')
    await clock.advance(6_000)
    expect((await runtime.job(deaf.id))?.state).toBe('cancelled')
  })

  it('dedupe that drops the last trigger', async () => {
    const { runtime, clock } = await setup()
    const sync = defineJob<number, void>('sync', { unique: () => ({ key: 'all' }) })
    const synced: number[] = []
    const running = gate()
    runtime.handle(sync, async (version) => {
      await running.promise
      synced.push(version)
    })
    runtime.work()
    await runtime.enqueue(sync, 1)
    await clock.advance(0)
    for (let version = 2; version <= 9; version++) await runtime.enqueue(sync, version)
    running.resolve()
    await clock.advance(0)
    expect(synced).toEqual([1, 9])
  })

  it('no limits or fairness', async () => {
    const store = shared(await memory())
    const queues = { default: { order: 'fair', concurrency: 3, keyConcurrency: 2 } } as const
    const { runtime, clock } = await setup({ store, queues })
    const other = await setup({ store, clock, queues })
    const [running, order] = [new Map<string, number>(), [] as string[]]
    const mail = defineJob<string, void>('mail', { key: (tenant) => tenant })
    let most = 0
    for (const one of [runtime, other.runtime]) {
      one.handle(mail, async (tenant) => {
        order.push(tenant)
        running.set(tenant, (running.get(tenant) ?? 0) + 1)
        expect(running.get(tenant)).toBeLessThanOrEqual(2)
        most = Math.max(
          most,
          [...running.values()].reduce((a, b) => a + b),
        )
        await new Promise<void>((resolve) => void clock.setTimer(1_000, resolve))
        running.set(tenant, running.get(tenant)! - 1)
      })
    }
    await runtime.enqueueMany(mail, Array<string>(100).fill('large'))
    await runtime.enqueueMany(mail, Array<string>(3).fill('small'))
    for (const one of [runtime, other.runtime]) one.work({ concurrency: 10 })
    await clock.advance(120_000)
    expect(order).toHaveLength(103)
    expect(most).toBe(3)
    expect(order.lastIndexOf('small')).toBeLessThan(10)
  })

  it('tests that need infrastructure', async () => {
    await using test = await createTestRuntime()
    let tries = 0
    test.runtime.handle(work, () => {
      if (++tries < 5) throw new Error('not yet')
      return 'at last'
    })
    test.runtime.work()
    await test.runtime.enqueue(work, 7, { delay: '1d' })
    const { id } = await test.assertEnqueued(work, (payload) => payload === 7)
    await test.drain()
    expect(await test.runtime.result(id)).toBe('at last')
  })

  it('shutdown that hangs', async () => {
    const store = await memory()
    const { runtime, clock } = await processOn(store)
    runtime.handle(work, () => gate<string>().promise)
    const worker = runtime.work({ grace: '5s' })
    await runtime.enqueue(work, 1)
    await clock.advance(0)
    // The handler is deaf and the store has fallen silent.
    store.hold('settle')
    let report: unknown
    void worker.stop({ drain: '10s' }).then((told) => (report = told))
    await clock.advance(25_001)
    expect(report).toMatchObject({ abandoned: 1 })
    expect(clock.timers).toBeLessThan(5)
  })

  it('unbounded queues', async () => {
    const { runtime, clock } = await setup({ queues: { default: { maxJobs: 10 } } })
    const told: string[] = []
    runtime.on('saturated', ({ queue }) => void told.push(queue))
    const enqueued = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => runtime.enqueue(work, index)),
    )
    const refused = enqueued.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(40)
    for (const { reason } of refused) {
      expect(reason).toMatchObject({ code: 'QUEUE_FULL', outcome: 'no' })
      expect((reason as MillraceError).retryAfterMs).toBeGreaterThan(0)
    }
    await clock.advance(0)
    expect(told).toEqual(['default'])
    runtime.handle(work, () => '')
    runtime.work()
    await clock.advance(0)
    await runtime.enqueue(work, 51)
  })

  it('tabs that duplicate or lose work', async () => {
    const store = shared(await memory())
    const { runtime, clock } = await setup({ store })
    const frozen = await processOn(store)
    const ran = new Map<number, number>()
    const held = gate<string>()
    const add = (upload: number): void => void ran.set(upload, (ran.get(upload) ?? 0) + 1)
    frozen.runtime.handle(work, (upload) => {
      add(upload)
      return held.promise
    })
    frozen.runtime.work({ concurrency: 5 })
    const tabs = [runtime, (await setup({ store, clock })).runtime, (await setup({ store, clock })).runtime]
    const ids = (
      await frozen.runtime.enqueueMany(
        work,
        Array.from({ length: 5 }, (_, upload) => upload),
      )
    ).map(({ id }) => id)
    await frozen.clock.advance(0)
    // This tab is frozen now, with five uploads begun; the others go on with theirs, and then with its.
    for (const tab of tabs) {
      tab.handle(work, (upload) => (add(upload), 'uploaded'))
      tab.work({ concurrency: 5 })
    }
    const all = Array.from({ length: 300 }, (_, upload) => upload + 5)
    for (const [index, upload] of all.entries()) ids.push((await tabs[index % 3]!.enqueue(work, upload)).id)
    await clock.advance(120_000)
    held.resolve('uploaded twice')
    await frozen.clock.advance(0)
    for (const id of ids) expect(await runtime.result(id)).toBe('uploaded')
    for (const upload of all) expect(ran.get(upload)).toBe(1)
    for (let upload = 0; upload < 5; upload++) expect(ran.get(upload)).toBe(2)
  })
})
