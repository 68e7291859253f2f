import { defineJob, MillraceError } from 'millrace'
import { createTestRuntime } from 'millrace/testing'
import { expect, test } from 'vitest'

const resize = defineJob<{ path: string; size: { width: number } }, string>('photo.resize')

test('advance moves time, and what falls due happens', async () => {
  await using kit = await createTestRuntime()
  kit.runtime.handle(resize, ({ path }) => `thumb of ${path}`)
  kit.runtime.work()
  const { id } = await kit.runtime.enqueue(resize, { path: 'a', size: { width: 1 } }, { delay: '5m' })
  await kit.advance('4m')
  expect((await kit.runtime.job(id))?.state).toBe('scheduled')
  await kit.advance('1m')
  expect(await kit.runtime.result(id)).toBe('thumb of a')
})

test('drain moves time until nothing is left, however long the retries take', async () => {
  await using kit = await createTestRuntime()
  const startedAt = kit.clock.now()
  kit.runtime.handle(resize, (_, { attempt }) => {
    if (attempt < 5) throw new Error('not yet')
    return 'at last'
  })
  kit.runtime.work()
  const { id } = await kit.runtime.enqueue(resize, { path: 'a', size: { width: 1 } }, { delay: '1d' })
  await kit.drain()
  expect(await kit.runtime.job(id)).toMatchObject({ state: 'completed', failures: 4 })
  expect(kit.clock.now() - startedAt).toBeGreaterThan(86_400_000 + 15_000)
})

test('drain says what is left when nothing can end it', async () => {
  await using kit = await createTestRuntime()
  await kit.runtime.enqueue(resize, { path: 'a', size: { width: 1 } })
  await expect(kit.drain()).rejects.toMatchObject({ code: 'DRAIN_TIMEOUT' })
  await expect(kit.drain({ timeout: '1h' })).rejects.toThrow(/default: 1 enqueued is left; is there a worker/)
})

test('assertEnqueued finds a job by part of its payload, or by a function', async () => {
  await using kit = await createTestRuntime()
  await kit.runtime.enqueueMany(resize, [
    { path: 'a', size: { width: 1 } },
    { path: 'b', size: { width: 2 } },
  ])
  expect(await kit.assertEnqueued(resize)).toMatchObject({ payload: { path: 'a' } })
  expect(await kit.assertEnqueued(resize, { size: { width: 2 } })).toMatchObject({ payload: { path: 'b' } })
  expect(await kit.assertEnqueued(resize, ({ path }) => path > 'a')).toMatchObject({ payload: { path: 'b' } })
})

test('assertEnqueued says what was enqueued instead', async () => {
  await using kit = await createTestRuntime()
  await expect(kit.assertEnqueued(resize, { path: 'a' })).rejects.toThrow(
    'with {"path":"a"}; none at all was',
  )
  await kit.runtime.enqueue(resize, { path: 'b', size: { width: 1 } })
  await expect(kit.assertEnqueued(resize, { path: 'a' })).rejects.toThrow(
    'no job photo.resize was enqueued with {"path":"a"}; these were: {"path":"b","size":{"width":1}}',
  )
})

test('the store fails on command', async () => {
  await using kit = await createTestRuntime()
  kit.store.fail('enqueue', new MillraceError('STORE_FULL', 'no space left', { outcome: 'no' }))
  const payload = { path: 'a', size: { width: 1 } }
  await expect(kit.runtime.enqueue(resize, payload)).rejects.toMatchObject({ code: 'STORE_FULL' })
  expect(await kit.runtime.enqueue(resize, payload)).toMatchObject({ outcome: 'enqueued' })
})

test('the same seed gives the same ids', async () => {
  const idOf = async (seed: number): Promise<string> => {
    await using kit = await createTestRuntime({ seed })
    return (await kit.runtime.enqueue(resize, { path: 'a', size: { width: 1 } })).id
  }
  expect(await idOf(5)).toBe(await idOf(5))
  expect(await idOf(5)).not.toBe(await idOf(6))
})

test('time begins where the test says', async () => {
  await using kit = await createTestRuntime({ startAt: new Date('2030-05-01') })
  await kit.advance('1h')
  expect(new Date(kit.clock.now()).toISOString()).toBe('2030-05-01T01:00:00.000Z')
})

test('a handler that never ends does not keep the kit from closing', async () => {
  const kit = await createTestRuntime()
  kit.runtime.handle(resize, () => new Promise<string>(() => {}))
  kit.runtime.work()
  await kit.runtime.enqueue(resize, { path: 'a', size: { width: 1 } })
  await kit.advance(0)
  await kit[Symbol.asyncDispose]()
  expect(kit.clock.timers).toBe(0)
})
