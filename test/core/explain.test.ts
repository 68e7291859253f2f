import type { Hindrance } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import { describe, expect, it } from 'vitest'
import { Desk } from './desk.ts'

function why(desk: Desk, id: string, handled?: readonly string[]): readonly Hindrance[] {
  return desk.run('explain', { id, ...(handled !== undefined && { handled }) }).hindrances
}

function startOf(desk: Desk, id: string): number | undefined {
  return desk.run('explain', { id }).mayStartAt
}

describe('explain', () => {
  it('names what a job itself waits for', () => {
    const desk = new Desk({ keyConcurrency: 1 })
    const parents = [{ id: 'parent', onFailure: 'fail' }] as const
    const keyed = (id: string): ReturnType<typeof sampleJob> => sampleJob(id, { extras: { key: 'k' } })
    desk.enqueue('parent', sampleJob('child', { extras: { parents } }), keyed('k1'), keyed('k2'), keyed('k3'))
    desk.enqueue(sampleJob('scheduled', { runAt: desk.now + 50 }))
    expect(why(desk, 'child')).toEqual([{ kind: 'dependency', waitsFor: ['parent'] }])
    expect(why(desk, 'k2')).toEqual([{ kind: 'key', key: 'k', ahead: 1 }])
    expect(why(desk, 'k3')).toEqual([{ kind: 'key', key: 'k', ahead: 2 }])
    expect(why(desk, 'scheduled')).toEqual([{ kind: 'notDue', runAt: desk.now + 50 }])
    expect(why(desk, 'k1')).toEqual([{ kind: 'inLine', ahead: 1 }])
    expect([startOf(desk, 'child'), startOf(desk, 'scheduled'), startOf(desk, 'k1')]).toEqual([
      undefined,
      desk.now + 50,
      desk.now,
    ])
  })

  it('names what runs, what failed and what has ended', () => {
    const desk = new Desk()
    desk.enqueue('running', 'failed', 'dead')
    const [, failed, dead] = desk.claim()
    desk.fail(failed!)
    desk.fail(dead!, 'nonRetryable')
    expect(why(desk, 'running')).toEqual([
      { kind: 'running', owner: 'worker', leaseUntil: desk.now + 30_000 },
    ])
    expect(why(desk, 'failed')).toEqual([{ kind: 'backoff', runAt: desk.now + 1_000, error: 'broken' }])
    expect(why(desk, 'dead')).toEqual([{ kind: 'ended', state: 'dead', reason: 'nonRetryable' }])
    expect(why(desk, 'nobody')).toEqual([{ kind: 'notFound' }])
    expect(['running', 'dead', 'nobody'].map((id) => startOf(desk, id))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(startOf(desk, 'failed')).toBe(desk.now + 1_000)
  })

  it('names what the queue holds back', () => {
    const desk = new Desk({ concurrency: 1 })
    desk.enqueue('a', 'b')
    desk.claim({ limit: 1 })
    expect(why(desk, 'b')).toEqual([
      { kind: 'inLine', ahead: 0 },
      { kind: 'concurrency', limit: 1 },
    ])
    desk.run('pause', { queue: 'default', paused: true })
    expect(why(desk, 'b')).toEqual([{ kind: 'inLine', ahead: 0 }, { kind: 'paused' }])
    expect(startOf(desk, 'b')).toBeUndefined()
  })

  it('names the time at which a rate has room, and the claim at that time agrees', () => {
    const desk = new Desk({ rate: { limit: 2, perMs: 1_000 } })
    desk.enqueue('a', 'b', 'c')
    desk.claim()
    expect(why(desk, 'c')).toEqual([
      { kind: 'inLine', ahead: 0 },
      { kind: 'rate', freeAt: desk.now + 500 },
    ])
    const at = startOf(desk, 'c')!
    desk.now = at - 1
    expect(desk.claim()).toEqual([])
    desk.now = at
    expect(desk.claim().map(({ id }) => id)).toEqual(['c'])
  })

  it('names a handler that no live worker has', () => {
    const desk = new Desk()
    desk.enqueue(sampleJob('a', { name: 'resize' }))
    expect(why(desk, 'a', ['send'])).toEqual([
      { kind: 'inLine', ahead: 0 },
      { kind: 'noHandler', name: 'resize' },
    ])
    expect(why(desk, 'a', ['resize'])).toEqual([{ kind: 'inLine', ahead: 0 }])
  })

  it('names what a parked job waits for', () => {
    const desk = new Desk()
    desk.enqueue('a')
    for (const reason of ['storage', 'auth'] as const) {
      desk.rows.put({ ...desk.job('a'), state: 'blocked', extras: { reason } })
      expect(why(desk, 'a')).toEqual([{ kind: 'parked', reason }])
    }
  })

  it('counts the jobs ahead up to a thousand', () => {
    const desk = new Desk()
    desk.enqueue(...Array.from({ length: 1_002 }, (_, index) => `${index}`))
    expect(why(desk, '999')).toEqual([{ kind: 'inLine', ahead: 999 }])
    expect(why(desk, '1001')).toEqual([{ kind: 'inLine', ahead: 1_000 }])
  })
})
