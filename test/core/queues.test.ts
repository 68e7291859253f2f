import { plainRetry, sampleJob } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { Desk } from './desk.ts'

const elsewhere = { queues: [{ queue: 'unheard', weight: 1, credit: 0 }] }

describe('a queue nobody configured', () => {
  it('works as by default: no limits, keys without bound, and the retention of a default', () => {
    const desk = new Desk()
    const unheard = (id: string): ReturnType<typeof sampleJob> =>
      sampleJob(id, { queue: 'unheard', extras: { key: 'k' } })
    desk.enqueue(...Array.from({ length: 1_002 }, (_, index) => unheard(`${index}`)))
    const jobs = desk.claim({ ...elsewhere, limit: 2_000 })
    expect(jobs.length).toBe(1_002)
    desk.run('settle', { settlements: jobs.map(({ id, epoch }) => ({ id, epoch, outcome: 'complete' })) })
    expect(desk.rows.counters('unheard').completed).toBe(1_000)
    desk.now += 3_600_000
    expect(desk.run('prune', { limit: 2_000 }).pruned).toBe(1_000)
  })

  it('can be paused, and keeps that when it is configured', () => {
    const desk = new Desk()
    desk.run('pause', { queue: 'unheard', paused: true })
    desk.configure({ maxJobs: 5 }, 'unheard')
    desk.enqueue(sampleJob('a', { queue: 'unheard' }))
    expect(desk.claim(elsewhere)).toEqual([])
    desk.run('pause', { queue: 'unheard', paused: false })
    expect(desk.claim(elsewhere).map(({ id }) => id)).toEqual(['a'])
  })
})

describe('the configuration of a queue', () => {
  it('given again unchanged changes nothing, and keeps what was used', () => {
    const desk = new Desk({ rate: { limit: 2, perMs: 1_000 } })
    desk.enqueue('a', 'b', 'c')
    desk.claim()
    const before = desk.rows.queue('default')
    desk.configure({ rate: { limit: 2, perMs: 1_000 } })
    expect(desk.rows.queue('default')).toBe(before)
    expect(desk.claim()).toEqual([])
  })

  it('given anew counts from now on, and refuses nothing that is there', () => {
    const desk = new Desk()
    desk.enqueue('a', 'b', 'c')
    desk.configure({ maxJobs: 2 })
    expect(desk.enqueue('d')[0]!.outcome).toBe('refused')
    desk.run('cancel', { ids: ['a', 'b'], reason: 'test' })
    expect(desk.enqueue('d')[0]!.outcome).toBe('enqueued')
  })
})

describe('what follows from a job', () => {
  it('keeps the trace and the correlation of what it comes from', () => {
    const desk = new Desk()
    const onDead = { queue: 'hooks', name: 'tell', version: 1, retry: plainRetry, timeoutMs: 7 }
    desk.enqueue(sampleJob('a', { extras: { trace: '00-ab-cd-01', correlationId: 'order', onDead } }))
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    const hook = desk.job('a/dead/0')
    expect(hook.extras).toEqual({ trace: '00-ab-cd-01', correlationId: 'order', causationId: 'a' })
    expect([hook.queue, hook.name, hook.timeoutMs]).toEqual(['hooks', 'tell', 7])
  })

  it('is told anew of every death, also after a redrive', () => {
    const desk = new Desk()
    const onDead = { queue: 'hooks', name: 'tell', version: 1, retry: plainRetry, timeoutMs: 0 }
    desk.enqueue(sampleJob('a', { extras: { onDead } }))
    for (let round = 0; round < 2; round++) {
      desk.fail(desk.claim()[0]!, 'nonRetryable')
      desk.run('redrive', { limit: 1 })
    }
    expect(desk.ids()).toEqual(['a', 'a/dead/0', 'a/dead/1'])
  })
})

describe('the wait of a retry with decorrelated jitter', () => {
  it('is drawn from the one before it', () => {
    const backoff = {
      kind: 'exponential',
      baseMs: 100,
      factor: 2,
      maxMs: 1e9,
      jitter: 'decorrelated',
    } as const
    const desk = new Desk()
    desk.enqueue(sampleJob('a', { retry: { maxFailures: 100, maxCrashes: 3, backoff } }))
    let before = 100
    for (let attempt = 0; attempt < 30; attempt++) {
      desk.fail(desk.claim()[0]!)
      const { runAt, extras } = desk.job('a')
      const wait = runAt - desk.now
      expect(extras.delayMs).toBe(wait)
      expect(wait).toBeGreaterThanOrEqual(100)
      expect(wait).toBeLessThanOrEqual(3 * before)
      before = wait
      desk.now = runAt
    }
  })
})

describe('groups of dead letters', () => {
  it('are those of one queue, if it is named', () => {
    const desk = new Desk()
    desk.enqueue('a', sampleJob('b', { queue: 'unheard' }))
    desk.fail(desk.claim()[0]!, 'nonRetryable')
    desk.fail(desk.claim(elsewhere)[0]!, 'nonRetryable')
    expect(
      desk
        .run('groupDead', { limit: 10, queue: 'unheard' })
        .groups.map(({ count, example }) => [count, example]),
    ).toEqual([[1, 'b']])
    expect(desk.run('groupDead', { limit: 10 }).groups.map(({ count, example }) => [count, example])).toEqual(
      [[2, 'b']],
    )
  })
})
