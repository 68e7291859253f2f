import type { Store, TransactionClient } from '@millrace/core'
import { aesGcmCodec, defineJob } from '@millrace/runtime'
import { memoryStore } from '@millrace/store-memory'
import { expect, expectTypeOf, test } from 'vitest'
import { FaultStore } from '@millrace/runtime'
import { setup } from './setup.ts'

const job = defineJob<{ path: string }, number>('job')
const client: TransactionClient = { query: () => Promise.reject(new Error('never asked')) }

/** A store whose transactions are a list: what is run inside one is only noted. */
class ListedStore extends FaultStore {
  readonly inside: unknown[] = []

  withClient(given: TransactionClient): Store {
    return {
      guarantee: this.guarantee,
      supports: this.supports,
      run: (name, request, at) => {
        this.inside.push({ given, name, request })
        return this.run(name, request, at)
      },
      subscribe: (listener) => this.subscribe(listener),
      close: () => Promise.resolve(),
    }
  }
}

async function listed(): Promise<ListedStore> {
  return new ListedStore(await memoryStore())
}

test('an enqueue with a client goes into its transaction, whole, and answers like any other', async () => {
  const store = await listed()
  const { runtime } = await setup({ store })
  const { id, outcome } = await runtime.enqueue(job, { path: 'a' }, { client, priority: 3 })
  expect(outcome).toBe('enqueued')
  expect(store.inside).toMatchObject([
    { given: client, name: 'enqueue', request: { atomic: true, jobs: [{ id, priority: 3 }] } },
  ])
  const many = await runtime.enqueueMany(job, [{ path: 'b' }, { path: 'c' }], { client })
  expect(many.map((one) => one.outcome)).toEqual(['enqueued', 'enqueued'])
  expect(store.inside).toHaveLength(2)
})

test('without a client nothing goes into a transaction', async () => {
  const store = await listed()
  const { runtime } = await setup({ store })
  await runtime.enqueue(job, { path: 'a' }, { priority: 3 })
  await runtime.enqueueMany(job, [{ path: 'b' }])
  expect(store.inside).toEqual([])
})

test('a full queue refuses inside a transaction at once, also where others wait for room', async () => {
  const store = await listed()
  const { runtime } = await setup({ store, queues: { default: { maxJobs: 1, overflow: 'wait' } } })
  await runtime.enqueue(job, { path: 'a' })
  await expect(runtime.enqueue(job, { path: 'b' }, { client })).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    outcome: 'no',
  })
})

test('a store without transactions says so, and stores nothing', async () => {
  const { runtime } = await setup()
  const refused = {
    code: 'NOT_SUPPORTED',
    outcome: 'no',
    message: expect.stringContaining('leave client out'),
  }
  await expect(runtime.enqueue(job, { path: 'a' }, { client })).rejects.toMatchObject(refused)
  await expect(runtime.enqueueMany(job, [{ path: 'a' }], { client })).rejects.toMatchObject(refused)
  expect((await runtime.jobs()).jobs).toEqual([])
})

test('what is no client is refused, by type and by name', async () => {
  const { runtime } = await setup({ store: await listed() })
  // @ts-expect-error: no client
  const refused = runtime.enqueue(job, { path: 'a' }, { client: 'postgres://' })
  await expect(refused).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('client'),
  })
  // @ts-expect-error: a pool of connections is asked otherwise
  const odd = runtime.enqueue(job, { path: 'a' }, { client: { connect: () => {} } })
  await expect(odd).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
})

test('a client that is undefined by mistake is not taken for none', async () => {
  const { runtime } = await setup({ store: await listed() })
  // @ts-expect-error: undefined is no client
  const refused = runtime.enqueue(job, { path: 'a' }, { client: undefined })
  await expect(refused).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('client'),
  })
})

test('a child belongs to the lease of its parent, not to a transaction', async () => {
  const store = await listed()
  const { runtime } = await setup({ store })
  const parent = defineJob<undefined, string>('parent')
  runtime.handle(parent, async (_, context) => {
    // @ts-expect-error: a child takes no client
    const child = context.enqueue(job, { path: 'a' }, { client })
    return await child.then(
      () => 'stored',
      (error: { code?: string }) => error.code ?? 'no code',
    )
  })
  runtime.work()
  const { id } = await runtime.enqueue(parent)
  expectTypeOf(await runtime.result(id)).toEqualTypeOf<string>()
  expect(await runtime.result(id)).toBe('BAD_ARGUMENT')
})

test('a codec seals what goes into a transaction too', async () => {
  const store = await listed()
  const { runtime } = await setup({
    store,
    codec: aesGcmCodec({ keys: { k1: new Uint8Array(32).fill(1) }, current: 'k1' }),
  })
  const { id } = await runtime.enqueue(job, { path: 'secret' }, { client })
  expect(JSON.stringify(store.inside)).not.toContain('secret')
  expect((await runtime.job(id))?.payload).toEqual({ path: 'secret' })
})

test('a closed runtime takes nothing in', async () => {
  const { runtime } = await setup({ store: await listed() })
  await runtime.close()
  await expect(runtime.enqueue(job, { path: 'a' }, { client })).rejects.toMatchObject({ code: 'CLOSED' })
})
