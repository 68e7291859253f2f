import type { Job, OnConflict, Unique } from '@millrace/core'
import { sampleJob } from '@millrace/store-spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { Desk } from './desk.ts'

const lasting = fc.constantFrom<Unique['while']>('pending', 'unfinished', 50, 5_000)
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.constant('trigger' as const) },
  { weight: 3, arbitrary: fc.constant('claim' as const) },
  { weight: 3, arbitrary: fc.constantFrom('complete', 'fail', 'dead', 'release', 'crash', 'cancel') },
  { weight: 2, arbitrary: fc.constantFrom(1, 40, 1_000) },
)

function triggered(id: number, unique: Omit<Unique, 'key'>): ReturnType<typeof sampleJob> {
  return sampleJob(`t${id}`, { payload: `${id}`, extras: { unique: { ...unique, key: 'k' } } })
}

/** Runs deeds on one unique key; answers the payloads of all attempts that were begun, and the number of triggers. */
function play(
  desk: Desk,
  policy: Omit<Unique, 'key'>,
  deeds: readonly (string | number)[],
): readonly [readonly number[], number] {
  const begun: number[] = []
  let running: readonly Job[] = []
  let triggers = 0
  for (const step of deeds) {
    if (typeof step === 'number') desk.now += step
    else if (step === 'trigger') desk.enqueue(triggered(++triggers, policy))
    else if (step === 'claim') {
      const jobs = desk.claim()
      begun.push(...jobs.map(({ payload }) => Number(payload)))
      running = [...running, ...jobs]
    } else {
      end(desk, running[0], step)
      running = running.slice(1)
    }
  }
  return [begun, triggers]
}

function end(desk: Desk, job: Job | undefined, how: string): void {
  if (job === undefined) return
  if (how === 'complete') desk.complete(job)
  if (how === 'fail') desk.fail(job)
  if (how === 'dead') desk.fail(job, 'nonRetryable')
  if (how === 'release') desk.settle(job, { outcome: 'release' })
  if (how === 'crash') desk.run('reap', { limit: 10, gone: [job.owner] })
  if (how === 'cancel') {
    desk.run('cancel', { ids: [job.id], reason: 'test' })
    desk.fail(job)
  }
}

/** Lets whatever is left run to its end; answers the payloads begun on the way. */
function finish(desk: Desk): readonly number[] {
  const begun: number[] = []
  for (let round = 0; round < 60; round++) {
    desk.run('reap', { limit: 10, gone: ['worker'] })
    desk.now += 60_000
    for (const job of desk.claim()) {
      begun.push(Number(job.payload))
      desk.complete(job)
    }
  }
  return begun
}

describe('a unique key', () => {
  it('never loses the last trigger: an attempt begins with its payload after it came', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<OnConflict>('rerun', 'debounce', 'replace'),
        lasting,
        fc.array(deed, { maxLength: 25 }),
        (onConflict, span, deeds) => {
          const desk = new Desk()
          const policy = { while: span, onConflict, waitMs: 20, maxWaitMs: 100 }
          // What is cancelled while it waits takes its trigger with it: that is what cancelling means.
          const [begun, triggers] = play(desk, policy, deeds)
          const all = [...begun, ...finish(desk)]
          if (triggers > 0) expect(all).toContain(triggers)
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('lets at most one of its jobs be unfinished, whatever the policies', () => {
    const policies = fc.array(
      fc.constantFrom<OnConflict>('keep', 'replace', 'debounce', 'throttle', 'rerun', 'reject'),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(policies, fc.array(deed, { maxLength: 25 }), (list, deeds) => {
        const desk = new Desk()
        for (const [index, step] of deeds.entries()) {
          const onConflict = list[index % list.length]!
          if (step === 'trigger')
            desk.enqueue(triggered(index, { while: 'unfinished', onConflict, waitMs: 5 }))
          else if (step === 'claim') desk.claim({ limit: 1 })
          else if (typeof step === 'number') desk.now += step
          else
            end(
              desk,
              desk.rows.all().find(({ state }) => state === 'processing'),
              step,
            )
          const open = desk.rows
            .all()
            .filter(({ state }) =>
              ['scheduled', 'blocked', 'enqueued', 'processing', 'retrying'].includes(state),
            )
          expect(open.length).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: runs(1_000) },
    )
  })

  it('answers every trigger with an id that comes true, or is the holder', () => {
    const desk = new Desk()
    const policy = { while: 'unfinished', onConflict: 'rerun' } as const
    desk.enqueue(triggered(1, policy))
    const [job] = desk.claim()
    const answers = [2, 3, 4].map((id) => desk.enqueue(triggered(id, policy))[0]!.id)
    desk.complete(job!)
    expect(answers.map((id) => desk.state(id))).toEqual(['enqueued', 'enqueued', 'enqueued'])
  })

  it('debounced, runs no earlier than the silence asked for and no later than the longest wait', () => {
    const gaps = fc.array(fc.nat({ max: 60 }), { maxLength: 10 })
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 50, max: 200 }),
        (list, waitMs, maxWaitMs) => {
          const desk = new Desk()
          const first = desk.now
          const policy = { while: 'pending', onConflict: 'debounce', waitMs, maxWaitMs } as const
          let last = first
          desk.enqueue({ ...triggered(0, policy), runAt: first + waitMs })
          for (const [index, gap] of list.entries()) {
            if (desk.job('t0').runAt <= desk.now + gap) break
            desk.now += gap
            last = desk.now
            desk.enqueue({ ...triggered(index + 1, policy), runAt: last + waitMs })
          }
          expect(desk.job('t0').runAt).toBe(Math.min(last + waitMs, first + maxWaitMs))
          expect(desk.ids()).toEqual(['t0'])
        },
      ),
      { numRuns: runs(1_000) },
    )
  })

  it('for a time, lets no two of its jobs start within that time, when workers are there', () => {
    const step = fc.oneof(fc.constant('trigger' as const), fc.nat({ max: 60 }))
    const policy = fc.constantFrom<OnConflict>('throttle', 'keep', 'rerun', 'replace')
    fc.assert(
      fc.property(policy, fc.array(step, { maxLength: 30 }), (onConflict, steps) => {
        const desk = new Desk()
        const starts: number[] = []
        const work = (): void => {
          for (const job of desk.claim()) {
            starts.push(desk.now)
            desk.complete(job)
          }
        }
        for (const [index, one] of steps.entries()) {
          const until = desk.now + (one === 'trigger' ? 0 : one)
          if (one === 'trigger') desk.enqueue(triggered(index, { while: 100, onConflict }))
          for (; desk.now < until; desk.now++) work()
          work()
        }
        for (const [index, at] of starts.entries())
          if (index > 0) expect(at - starts[index - 1]!).toBeGreaterThanOrEqual(100)
      }),
      { numRuns: runs(1_000) },
    )
  })
})
