import { defineJob } from 'millrace'
import { describe, expect, it } from 'vitest'
import { gate, memory, setup, shared } from './setup.ts'

const work = defineJob<number, void>('work', { retry: { maxFailures: 5 } })
const other = defineJob<number, void>('other')

describe('explain', () => {
  it('names the time a job waits for, and it starts then', async () => {
    const { runtime, clock } = await setup()
    let startedAt = 0
    runtime.handle(work, () => void (startedAt = clock.now()))
    runtime.work()
    const { id } = await runtime.enqueue(work, 1, { delay: '5m' })
    const { hindrances, mayStartAt } = await runtime.explain(id)
    expect(hindrances).toEqual([{ kind: 'notDue', runAt: clock.now() + 300_000 }])
    await clock.advance(300_000)
    expect(startedAt).toBe(mayStartAt)
  })

  it('names the error behind a backoff', async () => {
    const { runtime, clock } = await setup()
    runtime.handle(work, () => {
      throw new Error('the printer is on fire')
    })
    runtime.work()
    const { id } = await runtime.enqueue(work, 1)
    await clock.advance(0)
    expect((await runtime.explain(id)).hindrances).toMatchObject([
      { kind: 'backoff', error: 'the printer is on fire' },
    ])
  })

  it('names the step a flow waits for, and a queue that is paused', async () => {
    const { runtime } = await setup()
    runtime.handle(work, () => {})
    runtime.work()
    await runtime.pause('default')
    const { jobs } = await runtime.flow([
      { id: 'a', job: work, payload: 1 },
      { id: 'b', job: work, payload: 2, after: ['a'] },
    ])
    expect((await runtime.explain(jobs.a)).hindrances).toEqual([
      { kind: 'inLine', ahead: 0 },
      { kind: 'paused' },
    ])
    expect((await runtime.explain(jobs.b)).hindrances).toEqual([
      { kind: 'dependency', waitsFor: [jobs.a] },
      { kind: 'paused' },
    ])
  })

  it('says who runs it, how it ended, and that it is not there', async () => {
    const { runtime, clock } = await setup()
    const held = gate()
    runtime.handle(work, () => held.promise)
    const worker = runtime.work()
    const { id } = await runtime.enqueue(work, 1)
    await clock.advance(0)
    expect((await runtime.explain(id)).hindrances).toMatchObject([{ kind: 'running', owner: worker.owner }])
    held.resolve()
    await clock.advance(0)
    expect((await runtime.explain(id)).hindrances).toEqual([{ kind: 'ended', state: 'completed' }])
    expect((await runtime.explain('nothing')).hindrances).toEqual([{ kind: 'notFound' }])
  })

  it("names a handler that none of this runtime's workers has", async () => {
    const { runtime } = await setup()
    const { id } = await runtime.enqueue(other, 1)
    const noHandler = { kind: 'noHandler', name: 'other' }
    expect((await runtime.explain(id)).hindrances).toContainEqual(noHandler)
    runtime.handle(work, () => {})
    runtime.work()
    expect((await runtime.explain(id)).hindrances).toContainEqual(noHandler)
    runtime.handle(other, () => gate().promise)
    expect((await runtime.explain(id)).hindrances).not.toContainEqual(noHandler)
  })

  it('says nothing of handlers where others share the store and this runtime has no workers', async () => {
    const { runtime } = await setup({ store: shared(await memory()) })
    const { id } = await runtime.enqueue(other, 1)
    expect((await runtime.explain(id)).hindrances).toEqual([{ kind: 'inLine', ahead: 0 }])
  })

  it('takes an id', async () => {
    const { runtime } = await setup()
    await expect(runtime.explain('no id')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  })
})
