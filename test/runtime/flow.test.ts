import { defineJob, MillraceError, NonRetryable, type HandlerContext } from 'millrace'
import { describe, expect, it } from 'vitest'
import { gate, memory, setup } from './setup.ts'

interface Order {
  readonly order: number
}
const pay = defineJob<Order, { readonly receipt: string }>('pay')
const ship = defineJob<Order, string>('ship', { retry: { maxFailures: 2 } })
const notify = defineJob<{ readonly to: string }, void>('notify')
const refund = defineJob<Order, void>('refund')
const takeBack = defineJob<Order, void>('take.back')
const order: Order = { order: 7 }

const checkout = [
  { id: 'pay', job: pay, payload: order, compensate: refund },
  { id: 'ship', job: ship, payload: order, after: ['pay'], compensate: takeBack },
  { id: 'notify', job: notify, payload: { to: 'ada' }, after: ['ship'] },
] as const

describe('a flow', () => {
  it('runs its steps one after the other, each with the results of those before it', async () => {
    const { runtime, clock } = await setup()
    const seen: unknown[] = []
    runtime.handle(pay, () => ({ receipt: 'r1' }))
    runtime.handle(ship, async (_, context) => {
      const { pay: paid } = await context.results<{ pay: { receipt: string } }>()
      seen.push(paid)
      return `parcel for ${paid?.receipt}`
    })
    runtime.handle(notify, async (_, context) => void seen.push(await context.results()))
    runtime.work()
    const { id, jobs } = await runtime.flow(checkout)
    await clock.advance(0)
    expect(seen).toEqual([{ receipt: 'r1' }, { ship: 'parcel for r1' }])
    expect(jobs).toEqual({ pay: `${id}.pay`, ship: `${id}.ship`, notify: `${id}.notify` })
    expect(await runtime.result(jobs.ship)).toBe('parcel for r1')
  })

  it('fans out and in: the last step waits for all, and gets all their results', async () => {
    const { runtime, clock, store } = await setup()
    const part = defineJob<number, number>('part')
    const sum = defineJob<undefined, number>('sum')
    runtime.handle(part, (value) => value * 10)
    runtime.handle(sum, async (_, context) =>
      Object.values(await context.results<Record<string, number>>()).reduce<number>(
        (a, b) => a + (b ?? 0),
        0,
      ),
    )
    const split = { id: 'split', job: part, payload: 0 } as const
    const after = ['split'] as const
    const { jobs } = await runtime.flow([
      { id: 'sum', job: sum, payload: undefined, after: ['part1', 'part2', 'part3'] },
      ...([1, 2, 3] as const).map((value) => ({
        id: `part${value}` as const,
        job: part,
        payload: value,
        after,
      })),
      split,
    ])
    expect(store.asked.filter((name) => name === 'enqueue')).toHaveLength(1)
    runtime.work()
    await clock.advance(0)
    expect(await runtime.result(jobs.sum)).toBe(60)
  })

  it('is stored whole or not at all', async () => {
    const { runtime } = await setup({ queues: { narrow: { maxJobs: 1 } } })
    const small = defineJob<number>('small', { queue: 'narrow' })
    const refused = runtime.flow([
      { id: 'a', job: pay, payload: order },
      { id: 'b', job: small, payload: 1, after: ['a'] },
      { id: 'c', job: small, payload: 2, after: ['a'] },
    ])
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    expect((await runtime.jobs()).jobs).toEqual([])
  })

  it('under an id of its own is stored once, however often it is asked for', async () => {
    const { runtime } = await setup()
    const first = await runtime.flow(checkout, { id: 'order-7' })
    expect(await runtime.flow(checkout, { id: 'order-7' })).toEqual(first)
    expect((await runtime.jobs()).jobs).toHaveLength(3)
  })

  it('does not merge its steps with other jobs', async () => {
    const { runtime } = await setup()
    const only = defineJob<number>('only', { unique: () => ({ key: 'one' }) })
    await runtime.enqueue(only, 1)
    await runtime.flow([
      { id: 'a', job: only, payload: 1 },
      { id: 'b', job: only, payload: 2, after: ['a'] },
    ])
    expect((await runtime.jobs()).jobs).toHaveLength(3)
  })

  it.each([
    ['fail', 'dead'],
    ['skip', 'cancelled'],
    ['continue', 'completed'],
  ] as const)('whose step dies lets the next one %s: it is %s', async (onFailure, state) => {
    const { runtime, clock } = await setup()
    runtime.handle(pay, () => {
      throw new NonRetryable('no money')
    })
    let results: unknown
    runtime.handle(notify, async (_, context) => void (results = await context.results()))
    runtime.work()
    const { jobs } = await runtime.flow([
      { id: 'pay', job: pay, payload: order },
      { id: 'notify', job: notify, payload: { to: 'ada' }, after: [{ step: 'pay', onFailure }] },
    ])
    await clock.advance(0)
    expect((await runtime.job(jobs.notify))?.state).toBe(state)
    expect(results).toEqual(state === 'completed' ? {} : undefined)
  })

  it('takes the options of an enqueue for each step, and a trace of causes for all', async () => {
    const { runtime, clock } = await setup()
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const { jobs } = await runtime.flow(
      [
        { id: 'pay', job: pay, payload: order, delay: '5m', priority: 9, key: 'k' },
        { id: 'notify', job: notify, payload: { to: 'ada' }, after: ['pay'], deadline: '1h' },
      ],
      { correlationId: 'c7', trace },
    )
    const first = {
      state: 'scheduled',
      priority: 9,
      key: 'k',
      runAt: clock.now() + 300_000,
      correlationId: 'c7',
    }
    expect(await runtime.job(jobs.pay)).toMatchObject(first)
    expect(await runtime.job(jobs.notify)).toMatchObject({
      state: 'blocked',
      deadline: clock.now() + 3_600_000,
    })
    expect((await runtime.job(jobs.notify))?.toJSON()).toMatchObject({ trace, correlationId: 'c7' })
  })

  it.each([
    [
      'a cycle',
      [
        { id: 'a', after: ['b'] },
        { id: 'b', after: ['a'] },
      ],
      'FLOW_INVALID',
    ],
    ['an unknown step', [{ id: 'a', after: ['nowhere'] }], 'FLOW_INVALID'],
    ['a name twice', [{ id: 'a' }, { id: 'a' }], 'FLOW_INVALID'],
    ['no steps', [], 'FLOW_INVALID'],
    ['a misspelt option', [{ id: 'a', aftr: ['b'] }], 'BAD_ARGUMENT'],
    [
      'an unheard-of edge',
      [{ id: 'a' }, { id: 'b', after: [{ step: 'a', onFailure: 'panic' }] }],
      'BAD_ARGUMENT',
    ],
    ['a name of 65 characters', [{ id: 'a'.repeat(65) }], 'BAD_ARGUMENT'],
    ['no job', [{ id: 'a', job: undefined }], 'BAD_ARGUMENT'],
    ['a payload that is no data', [{ id: 'a', payload: { order: 1n } }], 'PAYLOAD_INVALID'],
  ])('is refused with %s', async (_, steps, code) => {
    const { runtime } = await setup()
    const whole = steps.map((step) => ({ job: pay, payload: order, ...step }))
    const error = await runtime.flow(whole as never).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MillraceError)
    expect((error as MillraceError).code).toBe(code)
    expect((await runtime.jobs()).jobs).toEqual([])
  })

  it('of the longest names fits, its compensations too', async () => {
    const { runtime, clock } = await setup()
    runtime.handle(pay, () => {
      throw new NonRetryable('no money')
    })
    runtime.handle(refund, () => {})
    runtime.work()
    const name = 'a'.repeat(64)
    const { jobs } = await runtime.flow([{ id: name, job: pay, payload: order, compensate: refund }], {
      id: 'f'.repeat(40),
    })
    await clock.advance(0)
    expect((await runtime.job(`${jobs[name]}/compensate`))?.state).toBe('completed')
  })

  it('checks types from step to step', async () => {
    const { runtime } = await setup()
    const wrong = async (): Promise<void> => {
      // @ts-expect-error the payload is not what the job takes
      await runtime.flow([{ id: 'a', job: notify, payload: { to: 1 } }])
      // @ts-expect-error a step that is not there
      await runtime.flow([{ id: 'a', job: pay, payload: order, after: ['b'] }])
      // @ts-expect-error the compensation takes another payload
      await runtime.flow([{ id: 'a', job: pay, payload: order, compensate: notify }])
      const { jobs } = await runtime.flow([{ id: 'a', job: pay, payload: order }])
      // @ts-expect-error a step that is not there
      void jobs.b
    }
    expect(wrong).toBeTypeOf('function')
  })
})

describe('a saga', () => {
  const run = async (failing: string) => {
    const { runtime, clock } = await setup()
    const log: string[] = []
    const does = (name: string, context: HandlerContext): void => {
      log.push(name)
      if (name === failing) throw new NonRetryable(`no ${name}`, { cause: context.id })
    }
    runtime.handle(pay, (_, context) => {
      does('pay', context)
      return { receipt: 'r1' }
    })
    runtime.handle(ship, (_, context) => {
      does('ship', context)
      return 'parcel'
    })
    runtime.handle(notify, (_, context) => does('notify', context))
    runtime.handle(refund, async ({ order: number }, context) => {
      log.push(`refund ${number} ${JSON.stringify(await context.results())}`)
    })
    runtime.handle(takeBack, async (_, context) => {
      log.push(`take back ${JSON.stringify(await context.results())}`)
    })
    runtime.work()
    const { jobs } = await runtime.flow(checkout)
    await clock.advance(60_000)
    const state = async (step: 'pay' | 'ship' | 'notify') => (await runtime.job(jobs[step]))?.state
    return { log, states: [await state('pay'), await state('ship'), await state('notify')] }
  }

  it('that goes well undoes nothing', async () => {
    expect(await run('none')).toEqual({
      log: ['pay', 'ship', 'notify'],
      states: ['completed', 'completed', 'completed'],
    })
  })

  it('whose last step dies is undone in reverse, each compensation with the result of its step', async () => {
    expect(await run('notify')).toEqual({
      log: ['pay', 'ship', 'notify', 'take back {"ship":"parcel"}', 'refund 7 {"pay":{"receipt":"r1"}}'],
      states: ['completed', 'completed', 'dead'],
    })
  })

  it('undoes the uncertain step too, which has no result to give', async () => {
    expect(await run('ship')).toEqual({
      log: ['pay', 'ship', 'take back {}', 'refund 7 {"pay":{"receipt":"r1"}}'],
      states: ['completed', 'dead', 'dead'],
    })
  })

  it('keeps results for as long as its compensations need them, whatever retention says', async () => {
    const { runtime, clock } = await setup({
      queues: { default: { retention: { completed: { count: 0 } } } },
    })
    const held = gate<string>()
    let undone: unknown
    runtime.handle(pay, () => ({ receipt: 'r1' }))
    runtime.handle(ship, () => held.promise)
    runtime.handle(takeBack, () => {})
    runtime.handle(refund, async (_, context) => void (undone = await context.results()))
    runtime.work()
    await runtime.flow(checkout)
    await clock.advance(0)
    held.reject(new NonRetryable('the lorry broke down'))
    await clock.advance(0)
    expect(undone).toEqual({ pay: { receipt: 'r1' } })
  })

  it('hears of its results lazily: a handler that does not ask costs no command', async () => {
    const { runtime, clock, store } = await setup({ store: await memory() })
    runtime.handle(pay, () => ({ receipt: 'r1' }))
    runtime.handle(ship, () => '')
    runtime.handle(notify, () => {})
    runtime.work()
    await runtime.flow(checkout)
    await clock.advance(0)
    expect(store.asked).not.toContain('findJob')
  })
})
