import { sampleJob } from '@millrace/store-spec'
import { openDB } from 'idb'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { setup } from './place.ts'
import { originalOf } from './original.ts'

describe('blobs', () => {
  it.for([0, 1, 2_500_000])('of %d bytes come back with their type, from another tab too', async (size) => {
    const { openTab } = await setup()
    const [one, other] = [await openTab(), await openTab()]
    const blob = randomBlob(size)
    await one.blobs.put('photo', blob)
    await expectSame(await other.blobs.get('photo'), blob)
  })

  it('are replaced by a later one of the same key, and tell when they came', async () => {
    const { openTab } = await setup()
    const { blobs } = await openTab()
    const before = Date.now()
    await blobs.put('a', randomBlob(10))
    await blobs.put('a', new Blob(['second']))
    expect(await (await blobs.get('a'))!.text()).toBe('second')
    const entries = await blobs.keys()
    expect(entries.map(({ key }) => key)).toEqual(['a'])
    expect(entries[0]!.at).toBeGreaterThanOrEqual(before)
  })

  it('are gone when they are deleted', async () => {
    const { openTab } = await setup()
    const { blobs } = await openTab()
    for (const key of ['a', 'b', 'c']) await blobs.put(key, randomBlob(10))
    await blobs.delete(['a', 'c', 'never there'])
    expect(await blobs.get('a')).toBeUndefined()
    expect((await blobs.keys()).map(({ key }) => key)).toEqual(['b'])
  })

  it.for(['DataCloneError', 'UnknownError'])(
    'are stored as buffers where the browser refuses blobs with %s',
    async (name) => {
      const { openTab } = await setup()
      const put = originalOf(IDBObjectStore.prototype, 'put')
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
        if ((given[0] as { blob?: Blob } | undefined)?.blob !== undefined)
          throw new DOMException('no blobs', name)
        return put.apply(this, given)
      })
      onTestFinished(() => void vi.restoreAllMocks())
      const { blobs } = await openTab()
      const blob = randomBlob(2_500_000)
      await blobs.put('a', blob)
      await blobs.put('empty', new Blob([], { type: 'text/plain' }))
      await expectSame(await blobs.get('a'), blob)
      expect((await blobs.get('empty'))!.size).toBe(0)
      await blobs.delete(['a'])
      expect(await blobs.get('a')).toBeUndefined()
    },
  )

  it('are stored as buffers where the browser gives an empty one back', async () => {
    const { name, openTab } = await setup()
    vi.spyOn(Blob.prototype, 'text').mockResolvedValueOnce('')
    onTestFinished(() => void vi.restoreAllMocks())
    const { blobs } = await openTab()
    const blob = randomBlob(1_500_000)
    await blobs.put('a', blob)
    await expectSame(await blobs.get('a'), blob)
    const raw = await openDB(`${name}.blobs`)
    onTestFinished(() => raw.close())
    expect(await raw.count('pieces')).toBe(2)
    await blobs.delete(['a'])
    expect(await raw.count('pieces')).toBe(0)
  })

  it('survive a handle that dies', async () => {
    const { openTab } = await setup()
    const store = await openTab()
    await store.blobs.put('a', new Blob(['one']))
    store.disconnect()
    expect(await (await store.blobs.get('a'))!.text()).toBe('one')
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    })
    onTestFinished(() => void vi.restoreAllMocks())
    await store.blobs.put('b', new Blob(['two']))
    expect((await store.blobs.keys()).map(({ key }) => key)).toEqual(['a', 'b'])
  })

  it('do not hold up the jobs', async () => {
    const { bench, openTab } = await setup()
    const { blobs } = await openTab()
    let isStored = false
    const storing = blobs.put('large', randomBlob(64_000_000)).then(() => (isStored = true))
    await bench.accept(sampleJob('a'))
    expect(isStored).toBe(false)
    await storing
  })
})

function randomBlob(size: number): Blob {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return new Blob([bytes], { type: 'image/jpeg' })
}

async function expectSame(actual: Blob | undefined, expected: Blob): Promise<void> {
  expect(actual?.type).toBe(expected.type)
  expect(await hashOf(actual!)).toBe(await hashOf(expected))
}

async function hashOf(blob: Blob): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())
  return new Uint8Array(hash).join(' ')
}
