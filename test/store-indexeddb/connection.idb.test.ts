import { indexedDbStore } from '@millrace/store-indexeddb'
import { sampleJob } from '@millrace/store-spec'
import { deleteDB, openDB } from 'idb'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { claimIn, countIn, enqueueIn, newName, openRaw, setup } from './place.ts'
import { originalOf } from './original.ts'
import { clearSiteData } from './protocol.ts'

describe('a turn', () => {
  it('is stored when its transaction is complete, not when its requests succeeded', async () => {
    const { bench } = await setup()
    abortCommits(2)
    await expect(enqueueIn(bench.store, 'a')).rejects.toMatchObject({ code: 'STORE_FAILED', outcome: 'no' })
    expect(await bench.state('a')).toBe('gone')
    await enqueueIn(bench.store, 'b')
    await bench.reopen()
    expect((await bench.list()).map(({ id }) => id)).toEqual(['b'])
  })

  it('that breaks off is tried once more, with a new handle', async () => {
    const { name, bench } = await setup()
    const open = vi.spyOn(IDBFactory.prototype, 'open')
    onTestFinished(() => open.mockRestore())
    abortCommits(1)
    await enqueueIn(bench.store, 'a')
    expect(open.mock.calls.map(([of]) => of)).toEqual([name])
    await bench.reopen()
    expect((await bench.list()).map(({ id }) => id)).toEqual(['a'])
  })

  it('that breaks off after another tab wrote is decided anew', async () => {
    const { bench, openTab } = await setup()
    await bench.configure('default', { maxJobs: 1 })
    const other = await openTab()
    let meanwhile: Promise<void> | undefined
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.abort()
      meanwhile = enqueueIn(other, 'b')
    })
    onTestFinished(() => void vi.restoreAllMocks())
    expect((await bench.enqueue(sampleJob('a'))).results[0]!.outcome).toBe('refused')
    await meanwhile
    expect([await countIn(bench.store), await countIn(other)]).toEqual([1, 1])
    expect(await bench.state('b')).toBe('enqueued')
  })

  it('that trusts to be alone is decided anew when it was not', async () => {
    const { bench, openTab } = await setup()
    await bench.configure('default', { maxJobs: 9 })
    const other = await openTab()
    for (const id of ['1', '2', '3', '4']) await bench.acceptIds(id)
    await enqueueIn(other, '5', '6', '7', '8')
    await bench.acceptIds('9')
    expect((await bench.enqueue(sampleJob('10'))).results[0]!.outcome).toBe('refused')
    expect(await countIn(other)).toBe(9)
  })

  it('does not look for news when it has long been alone', async () => {
    const { bench } = await setup()
    for (const id of ['1', '2', '3', '4']) await bench.acceptIds(id)
    const look = vi.spyOn(IDBObjectStore.prototype, 'getAll')
    onTestFinished(() => look.mockRestore())
    await bench.acceptIds('5')
    expect(look).not.toHaveBeenCalled()
  })

  it('that only reads sees what another tab has stored, whoever trusts to be alone', async () => {
    const { bench, openTab } = await setup()
    const other = await openTab()
    for (const id of ['1', '2', '3', '4']) await bench.acceptIds(id)
    await enqueueIn(other, '5')
    expect(await countIn(bench.store)).toBe(5)
  })

  it.for([
    { what: 'stored', ends: ['complete'], state: 'enqueued' },
    { what: 'not stored', ends: ['complete', 'abort'], state: 'gone' },
  ])('whose end is not heard of is read again, when it was $what', async ({ ends, state }) => {
    const { bench } = await setup()
    const listen = originalOf(IDBTransaction.prototype, 'addEventListener')
    vi.spyOn(IDBTransaction.prototype, 'addEventListener').mockImplementation(function (
      this: IDBTransaction,
      ...given: Parameters<typeof listen>
    ) {
      if (!ends.includes(given[0])) listen.apply(this, given)
    } as typeof listen)
    if (state === 'gone') abortCommits(1)
    const passing = skipTime()
    const failing = expect(enqueueIn(bench.store, 'a')).rejects.toMatchObject({ outcome: 'unknown' })
    await passing.until(failing)
    vi.restoreAllMocks()
    vi.useRealTimers()
    expect(await bench.state('a')).toBe(state)
    await bench.acceptIds('b')
    await bench.reopen()
    expect((await bench.list()).map(({ id }) => id)).toEqual(state === 'gone' ? ['b'] : ['a', 'b'])
  })

  it('that gets no answer for 15 s is tried once more', async () => {
    const { name, bench } = await setup()
    const raw = await openRaw(name)
    const holder = holdLock(raw as never)
    const passing = skipTime()
    const enqueued = enqueueIn(bench.store, 'a')
    const abort = originalOf(IDBTransaction.prototype, 'abort')
    const gaveUp = vi.spyOn(IDBTransaction.prototype, 'abort').mockImplementation(function (
      this: IDBTransaction,
    ) {
      holder.release()
      abort.call(this)
    })
    onTestFinished(() => void vi.restoreAllMocks())
    await passing.until(enqueued)
    expect(gaveUp).toHaveBeenCalled()
    vi.useRealTimers()
    expect(await bench.state('a')).toBe('enqueued')
  })

  it('whose command throws leaves the database as it was', async () => {
    const { name, bench } = await setup()
    const raw = await openRaw(name)
    const before = await raw.getAllKeys('frames')
    const jobs = [sampleJob('a'), sampleJob('a', { payload: '"another"' })]
    await bench.run('enqueue', { jobs, atomic: true }).catch(() => {})
    await bench.count()
    expect((await raw.getAllKeys('frames')).length - before.length).toBeLessThanOrEqual(1)
  })
})

describe('a dead handle', () => {
  it('is dropped, and the turn runs on a new one', async () => {
    const { bench } = await setup()
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    })
    onTestFinished(() => void vi.restoreAllMocks())
    await enqueueIn(bench.store, 'a')
    expect(await bench.state('a')).toBe('enqueued')
  })

  it('may be let go of by the page: the next command opens another', async () => {
    const { bench, openTab } = await setup()
    const store = await openTab()
    await enqueueIn(store, 'a')
    store.disconnect()
    store.disconnect()
    await enqueueIn(bench.store, 'b')
    expect(await countIn(store)).toBe(2)
  })

  it('does not keep others from deleting the database', async () => {
    const { name, bench } = await setup()
    await enqueueIn(bench.store, 'a')
    await deleteDB(name)
  })
})

describe('site data that is cleared while a tab is at work', () => {
  it('is written again from what the tab knows', async () => {
    const { bench } = await setup()
    await enqueueIn(bench.store, 'a', 'b')
    const [running] = await claimIn(bench.store, 1)
    await clearSiteData()
    expect(await bench.complete(running!)).toEqual(['settled'])
    await bench.reopen()
    expect([await bench.state('a'), await bench.state('b')]).toEqual(['completed', 'enqueued'])
  })

  it('is written by one of several tabs', async () => {
    const { bench, openTab } = await setup()
    const other = await openTab()
    await enqueueIn(bench.store, 'a')
    await countIn(other)
    await enqueueIn(bench.store, 'not seen by the other')
    await clearSiteData()
    await enqueueIn(bench.store, 'b')
    await enqueueIn(other, 'c')
    expect([await countIn(bench.store), await countIn(other)]).toEqual([4, 4])
  })

  it('cancels what cannot run without the text that is gone, and says why', async () => {
    const { bench } = await setup()
    await bench.accept(sampleJob('long', { payload: JSON.stringify('p'.repeat(5_000)) }), sampleJob('short'))
    await clearSiteData()
    await bench.count()
    await bench.count()
    expect([await bench.state('long'), await bench.state('short')]).toEqual(['cancelled', 'enqueued'])
    expect((await bench.job('long')).extras.cancel?.reason).toContain("deleted with the site's data")
  })
})

describe('a database that cannot be used', () => {
  it('of a newer schema is refused', async () => {
    const name = newName()
    const newer = await openDB(name, 2)
    newer.close()
    await expect(indexedDbStore({ name })).rejects.toMatchObject({ code: 'STORE_VERSION', outcome: 'no' })
  })

  it('of a newer format is refused, and not touched', async () => {
    const name = newName()
    const raw = await openRaw(name)
    await raw.put('meta', { format: 2, id: 'x' }, 'store')
    await expect(indexedDbStore({ name })).rejects.toMatchObject({ code: 'STORE_VERSION' })
    expect(await raw.get('meta', 'store')).toEqual({ format: 2, id: 'x' })
  })

  it('that is damaged is told', async () => {
    const { name, bench } = await setup()
    await enqueueIn(bench.store, 'a')
    await bench.store.close()
    const raw = await openRaw(name)
    const record = (await raw.get('frames', 1))!
    await raw.put('frames', record.slice(0, -5), 1)
    await expect(indexedDbStore({ name })).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
    await raw.put('frames', record, 1)
  })

  it('that another tab blocks is told within five seconds', async () => {
    const name = newName()
    // It ignores that it is asked to go, as a frozen tab does; the deletion waits for it, and every later open behind.
    const frozen = await openDB(name, 1)
    const deleting = deleteDB(name)
    const passing = skipTime()
    const refused = expect(indexedDbStore({ name })).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      outcome: 'no',
    })
    await passing.until(refused)
    vi.useRealTimers()
    const close = vi.spyOn(IDBDatabase.prototype, 'close')
    onTestFinished(() => close.mockRestore())
    frozen.close()
    await deleting
    // The open that nobody waits for any more succeeds after all, and is let go of.
    await vi.waitUntil(() => close.mock.calls.length === 2, { timeout: 20_000 })
    const store = await indexedDbStore({ name })
    await store.close()
    await deleteDB(name)
  })

  it('because it is deleted that very moment is opened again', async () => {
    const open = originalOf(IDBFactory.prototype, 'open')
    let breaks = 1
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...given) {
      const request = open.apply(this, given)
      request.addEventListener('upgradeneeded', () => {
        if (breaks-- > 0) request.result.close()
      })
      return request
    })
    onTestFinished(() => void vi.restoreAllMocks())
    const { bench } = await setup()
    await enqueueIn(bench.store, 'a')
    expect(await bench.state('a')).toBe('enqueued')
    expect(breaks).toBe(0)
  })

  it('because there is none is told', async () => {
    vi.stubGlobal('indexedDB', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    await expect(indexedDbStore({ name: 'x' })).rejects.toMatchObject({ code: 'STORE_UNUSABLE' })
  })

  it.for([{ name: '' }, { name: 'x'.repeat(129) }, { durability: 'none' }])('refuses %o', async (options) => {
    await expect(indexedDbStore(options as object)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })
})

describe('the guarantee', () => {
  it('says what the browser gave', async () => {
    const strict = await setup('strict')
    const relaxed = await setup('relaxed')
    expect(strict.bench.store.guarantee).toMatchObject({ durability: 'power' })
    expect(relaxed.bench.store.guarantee).toMatchObject({ durability: 'process' })
    expect(strict.bench.store.guarantee.promise).toContain('may delete all data')
  })

  it('does not promise what the browser does not know of', async () => {
    const { openTab } = await setup('strict')
    vi.spyOn(IDBTransaction.prototype, 'durability', 'get').mockReturnValue('default')
    vi.spyOn(StorageManager.prototype, 'persisted').mockResolvedValue(true)
    onTestFinished(() => void vi.restoreAllMocks())
    const { guarantee } = await openTab()
    expect(guarantee.durability).toBe('process')
    expect(guarantee.promise).toContain('until the user deletes')
  })
})

function abortCommits(times: number): void {
  const commit = vi.spyOn(IDBTransaction.prototype, 'commit')
  for (let time = 0; time < times; time++)
    commit.mockImplementationOnce(function (this: IDBTransaction) {
      this.abort()
    })
  onTestFinished(() => void vi.restoreAllMocks())
}

/** Time passes at once, for as long as something is waited for. */
function skipTime(): { until(end: Promise<unknown>): Promise<void> } {
  const real = setTimeout
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return {
    until: async (end) => {
      let isOver = false
      const over = end.finally(() => (isOver = true))
      while (!isOver) {
        await new Promise((resolve) => void real(resolve, 20))
        vi.advanceTimersByTime(500)
      }
      await over
    },
  }
}

/** A transaction that another tab does not end: it asks and asks. */
function holdLock(raw: {
  transaction(store: string, mode: 'readwrite'): { store: { get(key: number): Promise<unknown> } }
}): {
  release(): void
} {
  let isHeld = true
  const { store } = raw.transaction('frames', 'readwrite')
  const hold = async (): Promise<void> => {
    while (isHeld) await store.get(0)
  }
  void hold()
  return { release: () => void (isHeld = false) }
}
