import { sampleJob } from '@millrace/store-spec'
import { describe, expect, it, vi } from 'vitest'
import { countIn, claimIn, enqueueIn, setup } from './place.ts'

describe('two tabs', () => {
  it('hear of each other’s work, with its queue', async () => {
    const { bench, openTab } = await setup()
    const other = await openTab()
    const heard = new Promise<ReadonlySet<string>>((resolve) => {
      other.subscribe({ wake: (queues) => resolve(queues) })
    })
    await enqueueIn(bench.store, 'a')
    expect([...(await heard)]).toEqual(['default'])
  })

  it('hear when something of the other becomes due', async () => {
    const { bench, openTab } = await setup()
    const other = await openTab()
    const heard = new Promise<number>((resolve) => {
      other.subscribe({ wake: (_queues, at) => resolve(at) })
    })
    await bench.run('putSchedule', { schedule: schedule(bench.now + 70) })
    expect(await heard).toBe(bench.now + 70)
  })

  it('do not tell each other again what they heard of', async () => {
    const { name, bench, openTab } = await setup()
    const other = await openTab()
    const told: (readonly string[])[] = []
    using channel = listenTo(name, ({ queues }) => told.push(queues))
    await enqueueIn(bench.store, 'a')
    expect(await claimIn(other, 1)).toHaveLength(1)
    await bench.run('pause', { queue: 'another', paused: true })
    await bench.run('pause', { queue: 'another', paused: false })
    await channel.until(() => told.at(-1)?.[0] === 'another')
    // The claim tells when its lease ends, and not of the job that it found.
    expect(told).toEqual([['default'], [], ['another']])
  })

  it('wake their own listeners for what the other stored, hint or no hint', async () => {
    const { bench, openTab } = await setup()
    const other = await openTab()
    await enqueueIn(bench.store, 'a')
    const woken: string[] = []
    other.subscribe({ wake: (queues) => void woken.push(...queues) })
    await countIn(other)
    expect(woken).toContain('default')
  })

  it('tell nothing of a turn that came to nothing', async () => {
    const { name, bench } = await setup()
    const told: object[] = []
    using channel = listenTo(name, (hint) => told.push(hint))
    const abort = vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementation(function (
      this: IDBTransaction,
    ) {
      this.abort()
    })
    await expect(enqueueIn(bench.store, 'a')).rejects.toMatchObject({ code: 'STORE_FAILED' })
    abort.mockRestore()
    await bench.run('pause', { queue: 'other', paused: true })
    await enqueueIn(bench.store, 'b')
    await channel.until(() => told.length >= 1)
    expect(told).toHaveLength(1)
  })
})

function schedule(nextAt: number) {
  const rest = { missed: 'latest', overlap: 'queue', lastJob: '', paused: false } as const
  return { id: 's', spec: { everyMs: 1_000, anchor: 0 }, template: sampleJob('t'), nextAt, ...rest }
}

function listenTo(
  name: string,
  onHint: (hint: { readonly queues: readonly string[] }) => void,
): Disposable & { until(done: () => boolean): Promise<void> } {
  const channel = new BroadcastChannel(`millrace:${name}`)
  let changed: () => void = () => {}
  channel.onmessage = ({ data }) => {
    onHint(data)
    changed()
  }
  return {
    until: async (done) => {
      while (!done()) await new Promise<void>((resolve) => (changed = resolve))
    },
    [Symbol.dispose]: () => channel.close(),
  }
}
