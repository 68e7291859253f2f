import {
  defaultQueueConfig,
  MillraceError,
  UnreadableBody,
  type JobEvent,
  type Settlement,
  type Store,
} from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import { tableStore } from '@millrace/table'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { MemoryJournal, type TurnFate } from './memory-journal.ts'

const at = { now: 1_000, seed: 1 }

describe('a turn', () => {
  test('is shared by all that is called in one tick, in order', async () => {
    const { store, journal } = await setup()
    const calls = [enqueue(store, 'a'), claim(store), enqueue(store, 'b'), count(store)]
    const [, claimed, , counted] = await Promise.all(calls)
    expect(journal.turns).toEqual([{ useReserve: false, frames: 3 }])
    expect(claimed).toMatchObject({ jobs: [{ id: 'a' }] })
    expect(counted).toMatchObject({ queues: [{ enqueued: 1, processing: 1 }] })
  })

  test('of what is called meanwhile is the next one', async () => {
    const { store, journal } = await setup()
    const late: Promise<unknown>[] = []
    journal.onFlush = () => {
      journal.onFlush = () => {}
      late.push(enqueue(store, 'b'), enqueue(store, 'c'))
    }
    await enqueue(store, 'a')
    await Promise.all(late)
    expect(journal.turns.map(({ frames }) => frames)).toEqual([1, 2])
  })

  test('takes along what a listener calls when it is woken, and what that wakes', async () => {
    const { store, journal } = await setup()
    const claims: Promise<unknown>[] = []
    store.subscribe({ wake: (queues) => void (queues.size > 0 && claims.push(claim(store))) })
    await enqueue(store, 'a')
    expect(journal.turns).toEqual([{ useReserve: false, frames: 2 }])
    expect(await Promise.all(claims)).toMatchObject([{ jobs: [{ id: 'a' }] }])
  })

  test('answers and tells nothing before it is durable', async () => {
    const { store, journal } = await setup()
    const seen: string[] = []
    store.subscribe({ events: (events) => void seen.push(...events.map(({ type }) => type)) })
    journal.onFlush = () => void seen.push('flush')
    await enqueue(store, 'a').then(() => seen.push('answer'))
    await count(store).then(() => seen.push('count'))
    expect(seen).toEqual(['flush', 'enqueued', 'answer', 'flush', 'count'])
  })

  test('writes no frame for what changes nothing', async () => {
    const { store, journal } = await setup()
    await Promise.all([count(store), claim(store)])
    expect(journal.turns).toEqual([{ useReserve: false, frames: 0 }])
  })

  test('goes on when a command of it throws', async () => {
    const { store } = await setup()
    await store.run('configure', { queues: { default: { ...defaultQueueConfig, maxJobs: 1 } } }, at)
    const full = store.run('enqueue', { jobs: [sampleJob('x'), sampleJob('y')], atomic: true }, at)
    const [, refused, counted] = await Promise.allSettled([enqueue(store, 'a'), full, count(store)])
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'QUEUE_FULL' } })
    expect(counted).toMatchObject({ value: { queues: [{ enqueued: 1 }] } })
  })
})

describe('a turn that fails', () => {
  test('because another wrote first is decided again, in the same order', async () => {
    const { store, journal } = await setup()
    const events: JobEvent[] = []
    store.subscribe({ events: (told) => void events.push(...told) })
    journal.fates = ['overtaken', 'overtaken']
    const [, claimed, counted] = await Promise.all([enqueue(store, 'a'), claim(store), count(store)])
    expect(claimed).toMatchObject({ jobs: [{ id: 'a', attempt: 1, epoch: 1 }] })
    expect(counted).toMatchObject({ queues: [{ enqueued: 0, processing: 1 }] })
    expect(events.map(({ type }) => type)).toEqual(['enqueued', 'started'])
    expect(journal.turns).toHaveLength(3)
  })

  const fates: readonly [TurnFate, string, number][] = [
    ['no', 'no', 0],
    ['refused', 'no', 0],
    ['lost', 'unknown', 1],
    ['kept', 'unknown', 1],
  ]

  test.for(fates)(
    '(%s) rejects its callers with outcome %s, and leaves %s job',
    async ([fate, outcome, left]) => {
      const { store, journal } = await setup()
      const events: JobEvent[] = []
      store.subscribe({ events: (told) => void events.push(...told) })
      journal.fates = [fate]
      const results = await Promise.allSettled([enqueue(store, 'a'), count(store), refusedEnqueue(store)])
      for (const result of results)
        expect(result).toMatchObject({ reason: { code: 'STORE_FAILED', outcome } })
      expect(events).toEqual([])
      const { queues } = await count(store)
      expect(queues.reduce((sum, queue) => sum + queue.enqueued, 0)).toBe(left)
      await enqueue(store, 'b')
      expect(events.map((event) => ('job' in event ? event.job.id : ''))).toEqual(['b'])
    },
  )

  test('because a frame cannot be appended leaves nothing', async () => {
    const { store, journal } = await setup()
    vi.spyOn(journal, 'append').mockImplementationOnce(() => {
      throw new Error('mistake of a journal')
    })
    const results = await Promise.allSettled([enqueue(store, 'a'), enqueue(store, 'b')])
    for (const result of results)
      expect(result).toMatchObject({ reason: { message: 'mistake of a journal' } })
    expect(await list(store)).toEqual([])
  })

  test('leaves the table as the journal has it', async () => {
    const { store, journal } = await setup()
    await enqueue(store, 'a', 'b')
    journal.fates = ['no', 'stored', 'no']
    await Promise.allSettled([claim(store), enqueue(store, 'c')])
    await enqueue(store, 'd')
    await Promise.allSettled([store.run('cancel', { ids: ['a', 'd'], reason: 'x' }, at)])
    const again = await tableStore(journal)
    expect(await list(store)).toEqual(await list(again))
    expect((await list(store)).map(({ id, state }) => [id, state])).toEqual([
      ['a', 'enqueued'],
      ['b', 'enqueued'],
      ['d', 'enqueued'],
    ])
  })
})

describe('a full store', () => {
  test.for<TurnFate>(['full', 'fullBefore'])(
    '(%s) refuses new work and runs the rest again with the reserve',
    async (fate) => {
      const { store, journal } = await setup()
      await enqueue(store, 'a', 'b')
      const { epoch } = (await claim(store, 1)).jobs[0]!
      journal.turns.length = 0
      journal.fates = [fate]
      const done: Settlement = { id: 'a', epoch, outcome: 'complete' }
      const [settled, refused, claimed] = await Promise.allSettled([
        store.run('settle', { settlements: [done] }, at),
        enqueue(store, 'c'),
        claim(store),
      ])
      expect(settled).toMatchObject({ value: { outcomes: ['settled'] } })
      expect(refused).toMatchObject({ reason: { code: 'STORE_FULL', outcome: 'no' } })
      expect(claimed).toMatchObject({ value: { jobs: [{ id: 'b' }] } })
      expect(journal.turns.at(-1)).toEqual({ useReserve: true, frames: 2 })
      expect((await list(store)).map(({ id }) => id)).toEqual(['a', 'b'])
    },
  )

  test('gives the reserve to no enqueue that is called meanwhile', async () => {
    const { store, journal } = await setup()
    journal.fates = ['full']
    let late: Promise<unknown> | undefined
    journal.onFlush = () => {
      late ??= enqueue(store, 'b')
    }
    await expect(Promise.all([enqueue(store, 'a'), count(store)])).rejects.toMatchObject({
      code: 'STORE_FULL',
    })
    await late
    expect(journal.turns.map(({ useReserve }) => useReserve)).toEqual([false, true, false])
  })

  test('rejects everyone when the reserve is used up too', async () => {
    const { store, journal } = await setup()
    await enqueue(store, 'a')
    journal.fates = ['full', 'full']
    const results = await Promise.allSettled([claim(store), enqueue(store, 'b')])
    for (const result of results)
      expect(result).toMatchObject({ reason: { code: 'STORE_FULL', outcome: 'no' } })
    expect((await claim(store)).jobs).toMatchObject([{ id: 'a', attempt: 1 }])
  })
})

describe('long bodies', () => {
  const long = JSON.stringify('x'.repeat(2_000))

  test('are read back for whoever asks, and stay out of memory', async () => {
    const { store, journal } = await setup()
    const read = vi.spyOn(journal, 'read')
    await store.run('enqueue', { jobs: [sampleJob('a', { payload: long })], atomic: true }, at)
    const [job] = (await claim(store)).jobs
    expect(job?.payload).toBe(long)
    await store.run('settle', { settlements: [{ id: 'a', epoch: 1, outcome: 'complete', result: long }] }, at)
    const [ended] = await list(store)
    expect([ended?.payload, ended?.extras.result]).toEqual([long, long])
    expect(read).toHaveBeenCalledTimes(3)
  })

  test('that cannot be read now, or ever, keep nobody from the other jobs', async () => {
    const { store, journal } = await setup()
    const jobs = ['a', 'b', 'c'].map((id) => sampleJob(id, { payload: long }))
    await store.run('enqueue', { jobs, atomic: true }, at)
    vi.spyOn(journal, 'read')
      .mockRejectedValueOnce(new Error('bad sector'))
      .mockRejectedValueOnce(new MillraceError('PAYLOAD_UNREADABLE', 'it is gone'))
    expect((await claim(store, 3)).jobs.map(({ payload }) => payload)).toEqual([
      new UnreadableBody(2_002, new Error('bad sector'), false),
      expect.objectContaining({ error: expect.objectContaining({ jobId: 'b' }), isLost: true }),
      long,
    ])
  })
})

describe('closing', () => {
  test('settles what was called, closes the journal once, and refuses the rest', async () => {
    const { store, journal } = await setup()
    const close = vi.spyOn(journal, 'close')
    const called = enqueue(store, 'a')
    const closing = [store.close(), store.close()]
    await expect(enqueue(store, 'b')).rejects.toMatchObject({ code: 'CLOSED', outcome: 'no' })
    await Promise.all([called, ...closing])
    expect(close).toHaveBeenCalledTimes(1)
    expect((await list(await tableStore(journal))).map(({ id }) => id)).toEqual(['a'])
  })
})

describe('a listener that throws', () => {
  const uncaught = vi.fn<(error: unknown) => void>()
  const others = process.listeners('uncaughtException')

  afterEach(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  })

  test('hinders nobody, and its error surfaces', async () => {
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', uncaught)
    const { store } = await setup()
    const told: JobEvent[] = []
    const fails = (): never => {
      throw new Error('mistake of a listener')
    }
    store.subscribe({ wake: fails, events: fails })
    store.subscribe({ events: (events) => void told.push(...events) })
    await enqueue(store, 'a')
    expect(told).toHaveLength(1)
    await vi.waitFor(() => expect(uncaught).toHaveBeenCalledTimes(2))
  })
})

async function setup(): Promise<{ store: Store; journal: MemoryJournal }> {
  const journal = new MemoryJournal()
  return { store: await tableStore(journal), journal }
}

function enqueue(store: Store, ...ids: readonly string[]) {
  return store.run('enqueue', { jobs: ids.map((id) => sampleJob(id)), atomic: true }, at)
}

/** Fails as a command, if its turn is stored. */
function refusedEnqueue(store: Store) {
  const unique = { key: 'u', while: 'unfinished', onConflict: 'reject' } as const
  const jobs = ['x', 'y'].map((id) => sampleJob(id, { extras: { unique } }))
  return store.run('enqueue', { jobs, atomic: true }, at)
}

function claim(store: Store, limit = 10) {
  const queues = [{ queue: 'default', weight: 1, credit: 0 }]
  return store.run('claim', { owner: 'w', leaseMs: 1_000, limit, queues }, at)
}

function count(store: Store) {
  return store.run('countJobs', {}, at)
}

async function list(store: Store) {
  return (await store.run('listJobs', { limit: 100 }, at)).jobs
}
