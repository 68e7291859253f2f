import type { Store } from '@millrace/core'
import { sampleJob, sampleQueue } from '@millrace/store-spec'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Head } from '../../packages/store-indexeddb/src/database.ts'
import { claimIn, countIn, enqueueIn, fill, openRaw, setup } from './place.ts'
import { originalOf } from './original.ts'

const longText = JSON.stringify('b'.repeat(2_000))

describe('a snapshot', () => {
  it('is written when the log grows, and shortens it', async () => {
    const { name, bench } = await setup()
    await fill(bench.store)
    const { number, through, pieces } = await headOf(name)
    const raw = await openRaw(name)
    expect((await raw.getAllKeys('frames')).every((n) => n >= through)).toBe(true)
    expect((await raw.getAllKeys('snapshots')).map(([of]) => of)).toEqual(
      Array.from({ length: pieces }, () => number),
    )
    await bench.reopen()
    expect(await countIn(bench.store)).toBe(1_600)
  })

  it('replaces the one before', async () => {
    const { name, bench } = await setup()
    await fill(bench.store)
    const { through } = await headOf(name)
    await fill(bench.store, 3_000)
    const raw = await openRaw(name)
    await vi.waitUntil(async () => ((await raw.get('meta', 'head')) as Head).through > through, {
      timeout: 20_000,
    })
    await bench.store.close()
    const numbers = (await raw.getAllKeys('snapshots')).map(([number]) => number)
    expect([...new Set(numbers)]).toEqual([((await raw.get('meta', 'head')) as Head).number])
  })

  it('leaves the newest record, by which a tab that slept sees that it missed something', async () => {
    const { name, bench, openTab } = await setup()
    const sleeper = await openTab()
    await fill(bench.store)
    await headOf(name)
    const raw = await openRaw(name)
    expect(await raw.count('frames')).toBeGreaterThan(0)
    expect(await countIn(sleeper)).toBe(1_600)
    await enqueueIn(sleeper, 'of the sleeper')
    expect(await bench.state('of the sleeper')).toBe('enqueued')
  })

  it('does not mislead a tab that slept and trusts to be alone', async () => {
    const { name, bench, openTab } = await setup()
    const sleeper = await openTab()
    for (const id of ['1', '2', '3', '4']) await enqueueIn(sleeper, id)
    // The snapshot becomes due with the last of them, so that nothing is written while it is taken.
    await fill(bench.store, 1_100)
    const { through } = await headOf(name)
    expect(await (await openRaw(name)).getAllKeys('frames')).toEqual([through])
    await enqueueIn(sleeper, 'of the sleeper')
    expect([await countIn(sleeper), await countIn(bench.store)]).toEqual([1_105, 1_105])
    await bench.reopen()
    expect(await countIn(bench.store)).toBe(1_105)
  })

  it('hides what a tab that slept wrote beneath it', async () => {
    const { name, bench, openTab } = await setup()
    const sleeper = await openTab()
    await fill(bench.store)
    const { through } = await headOf(name)
    const raw = await openRaw(name)
    const there = new Set(await raw.getAllKeys('frames'))
    for (let n = 1; n <= through; n++)
      if (!there.has(n)) await raw.add('frames', new Uint8Array(new Float64Array([n]).buffer), n)
    expect(await countIn(sleeper)).toBe(1_600)
    await bench.reopen()
    expect(await countIn(bench.store)).toBe(1_600)
  })

  it('may be taken by two tabs at once', async () => {
    vi.stubGlobal('navigator', { storage: navigator.storage })
    onTestFinished(() => void vi.unstubAllGlobals())
    const { name, bench, openTab } = await setup()
    const other = await openTab()
    await Promise.all([fill(bench.store, 2_000), fill(other, 2_000), churn(bench.store), churn(other)])
    await headOf(name)
    expect([await countIn(bench.store), await countIn(other)]).toEqual([4_000, 4_000])
    await bench.reopen()
    expect(await countIn(bench.store)).toBe(4_000)
  })

  it('takes along what happens while it is written', async () => {
    const { name, bench } = await setup()
    const busy = fill(bench.store, 4_000)
    await headOf(name)
    await busy
    await bench.reopen()
    expect(await countIn(bench.store)).toBe(4_000)
  })

  it('of a newer one is not replaced by an older', async () => {
    const { name, bench } = await setup()
    const raw = await openRaw(name)
    const newer = { number: 1e9, through: 1e9, pieces: 0, bytes: 0 }
    const { locks } = navigator
    vi.spyOn(locks, 'request').mockImplementation((async (...given: unknown[]) => {
      const task = given.at(-1) as (lock: object) => Promise<void>
      await task({})
      finished()
    }) as typeof locks.request)
    onTestFinished(() => void vi.restoreAllMocks())
    let finished = (): void => {}
    const ended = new Promise<void>((resolve) => (finished = resolve))
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    put.mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (this.name === 'snapshots') void raw.put('meta', newer, 'head').catch(() => {})
      return Reflect.apply(original, this, [
        value,
        ...(key === undefined ? [] : [key]),
      ]) as IDBRequest<IDBValidKey>
    })
    await fill(bench.store)
    await ended
    expect(await raw.get('meta', 'head')).toEqual(newer)
    put.mockRestore()
    await raw.delete('meta', 'head')
  })
})

const original = originalOf(IDBObjectStore.prototype, 'put')

describe('long texts', () => {
  it('stand apart, and are deleted when no job refers to them any more', async () => {
    const { name, bench } = await setup()
    const none = { ageMs: 0, count: 0 }
    const retention = { completed: none, dead: none, cancelled: none, expired: none }
    await bench.configure('default', sampleQueue({ retention }))
    await bench.accept(sampleJob('gone', { payload: longText }), sampleJob('stays', { payload: longText }))
    const raw = await openRaw(name)
    expect(await raw.count('bodies')).toBe(2)
    await bench.complete((await bench.claim({ limit: 1 }))[0]!)
    await fill(bench.store)
    await vi.waitUntil(async () => (await raw.count('bodies')) === 1, { timeout: 20_000 })
    await bench.reopen()
    expect((await bench.job('stays')).payload).toBe(longText)
  })

  it('are not read with the jobs, only when one is asked for', async () => {
    const { bench } = await setup()
    await bench.accept(sampleJob('a', { payload: longText }))
    await bench.reopen()
    const get = vi.spyOn(IDBObjectStore.prototype, 'get')
    onTestFinished(() => get.mockRestore())
    const bodiesRead = (): number =>
      get.mock.contexts.filter((store) => (store as IDBObjectStore).name === 'bodies').length
    await bench.count()
    expect(bodiesRead()).toBe(0)
    expect((await bench.job('a')).payload).toBe(longText)
    expect(bodiesRead()).toBe(1)
  })
})

/** Leases change how much room the rows take, so that no two images are cut alike. */
async function churn(store: Store): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const settlements = (await claimIn(store, 50)).map(
      ({ id, epoch }) => ({ id, epoch, outcome: 'release' }) as const,
    )
    await store.run('settle', { settlements }, { now: 0, seed: 1 })
  }
}

async function headOf(name: string): Promise<Head> {
  const raw = await openRaw(name)
  const head = await vi.waitUntil(() => raw.get('meta', 'head'), { timeout: 20_000 })
  return head as Head
}
