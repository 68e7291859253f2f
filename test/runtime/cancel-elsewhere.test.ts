import { defineJob } from '@millrace/runtime'
import { NaiveRows, naiveStore } from '@millrace/store-spec'
import { expect, test } from 'vitest'
import { gate, setup, shared } from './setup.ts'

const slow = defineJob<number, string>('slow')

test('a cancel from another process reaches the handler within a third of the lease', async () => {
  const rows = new NaiveRows()
  const here = await setup({ store: shared(naiveStore(rows)) })
  const there = await setup({ store: shared(naiveStore(rows)), clock: here.clock })
  let signal!: AbortSignal
  here.runtime.handle(slow, (_, context) => {
    signal = context.signal
    return gate<string>().promise
  })
  const { id } = await there.runtime.enqueue(slow, 1)
  here.runtime.work({ lease: '30s' })
  await here.clock.advance(0)
  expect(await there.runtime.cancel(id)).toBe('requested')
  await here.clock.advance(10_000)
  expect(signal.reason).toMatchObject({ code: 'JOB_CANCELLED' })
})
