import { VirtualClock } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../packages/runtime/src/alarm.ts'

const minute = 60_000

describe('an alarm', () => {
  it('rings once, at its time, though its timers ring once a minute', async () => {
    const { clock, alarm, rung } = setup()
    const start = clock.now()
    alarm.set(start + 10 * minute)
    await clock.advance(10 * minute - 1)
    expect(rung).toEqual([])
    await clock.advance(1)
    expect(rung).toEqual([start + 10 * minute])
    await clock.advance(10 * minute)
    expect(rung).toHaveLength(1)
  })

  it('rings at the earliest of the times it was told', async () => {
    const { clock, alarm, rung } = setup()
    const start = clock.now()
    alarm.set(start + 500)
    alarm.set(start + 200)
    alarm.set(start + 300)
    await clock.advance(1_000)
    expect(rung).toEqual([start + 200])
  })

  it('is no more than a minute late after the machine slept', async () => {
    const { clock, alarm, rung } = setup()
    const due = clock.now() + 10 * minute
    alarm.set(due)
    clock.suspend(60 * minute)
    await clock.advance(minute)
    expect(rung).toHaveLength(1)
  })

  it('is silent once it is closed', async () => {
    const { clock, alarm, rung } = setup()
    alarm.set(clock.now() + 100)
    alarm.close()
    alarm.set(clock.now() + 200)
    await clock.advance(1_000)
    expect(rung).toEqual([])
  })
})

function setup(): { clock: VirtualClock; alarm: Alarm; rung: number[] } {
  const clock = new VirtualClock(1_700_000_000_000)
  const rung: number[] = []
  return { clock, alarm: new Alarm(clock, () => rung.push(clock.now())), rung }
}
