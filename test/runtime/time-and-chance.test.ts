import { seededEntropy, systemClock, systemEntropy, VirtualClock } from '@millrace/runtime'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Alarm } from '../../packages/runtime/src/alarm.ts'
import { TurnWatch } from '../../packages/runtime/src/turn-watch.ts'

test('timers run in the order of their times, and in the order they were set', async () => {
  const clock = new VirtualClock(0)
  const seen: string[] = []
  clock.setTimer(20, () => seen.push(`b at ${clock.now()}`))
  clock.setTimer(10, () => seen.push(`a at ${clock.now()}`))
  clock.setTimer(20, () => seen.push(`c at ${clock.now()}`))
  await clock.advance(19)
  expect(seen).toEqual(['a at 10'])
  await clock.advance(1)
  expect(seen).toEqual(['a at 10', 'b at 20', 'c at 20'])
})

test('a timer set by a timer runs in the same advance, when it is due', async () => {
  const clock = new VirtualClock(0)
  const seen: number[] = []
  const again = (): void => {
    seen.push(clock.now())
    clock.setTimer(10, again)
  }
  clock.setTimer(10, again)
  await clock.advance(35)
  expect(seen).toEqual([10, 20, 30])
  expect(clock.untilNext()).toBe(5)
})

test('everything a timer started settles before the next one runs', async () => {
  const clock = new VirtualClock(0)
  const seen: string[] = []
  clock.setTimer(
    1,
    () => void Promise.resolve().then(() => Promise.resolve().then(() => seen.push('settled'))),
  )
  clock.setTimer(2, () => seen.push('next'))
  await clock.advance(5)
  expect(seen).toEqual(['settled', 'next'])
})

test('a cancelled timer does not run', async () => {
  const clock = new VirtualClock(0)
  let ran = false
  clock.setTimer(1, () => (ran = true))()
  await clock.advance(5)
  expect(ran).toBe(false)
  expect(clock.timers).toBe(0)
})

test('while suspended nothing runs; afterwards what fell due does', async () => {
  const clock = new VirtualClock(0)
  const seen: number[] = []
  clock.setTimer(10, () => seen.push(clock.now()))
  clock.suspend(100)
  expect(seen).toEqual([])
  await clock.advance(0)
  expect(seen).toEqual([100])
})

test('the wall clock may be set, and the monotonic one goes on', () => {
  const clock = new VirtualClock(1_000)
  clock.suspend(5)
  clock.setWall(500)
  expect([clock.now(), clock.monotonic()]).toEqual([500, 5])
})

test('the system clock tells time, and its timers can be cancelled', async () => {
  const clock = systemClock()
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
  const before = clock.monotonic()
  let cancelledRan = false
  clock.setTimer(1, () => (cancelledRan = true))()
  await new Promise<void>((resolve) => clock.setTimer(5, resolve, true))
  expect(clock.monotonic() - before).toBeGreaterThanOrEqual(5)
  expect(cancelledRan).toBe(false)
  await new Promise<void>((resolve) => clock.afterTurn(resolve))
})

test('a timer longer than setTimeout can count is set in parts, since it would fire at once', () => {
  const set = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => set.mockRestore())
  systemClock().setTimer(2 ** 31 + 1_000, () => {})()
  expect(set).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1)
})

test('an alarm rings at the earliest of its times', async () => {
  const clock = new VirtualClock(0)
  const rings: number[] = []
  const alarm = new Alarm(clock, () => rings.push(clock.now()))
  alarm.set(5_000)
  alarm.set(3_000)
  alarm.set(4_000)
  await clock.advance(10_000)
  expect(rings).toEqual([3_000])
  alarm.set(20_000)
  alarm.close()
  alarm.set(30_000)
  await clock.advance(100_000)
  expect(rings).toEqual([3_000])
  expect(clock.timers).toBe(0)
})

test('an alarm set to Infinity never rings and holds no timer', () => {
  const clock = new VirtualClock(0)
  new Alarm(clock, () => {}).set(Infinity)
  expect(clock.timers).toBe(0)
})

test('ids are 16 characters of their alphabet, and none comes twice', () => {
  const entropy = systemEntropy()
  const ids = Array.from({ length: 10_000 }, () => entropy.id())
  expect(new Set(ids).size).toBe(10_000)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{16}$/)
})

test('runtimes have different prefixes', () => {
  const prefixes = Array.from({ length: 1_000 }, () => systemEntropy().id().slice(0, 10))
  expect(new Set(prefixes).size).toBe(1_000)
})

test('the same seed gives the same ids and draws, another gives others', () => {
  const draws = (seed: number): unknown[] => {
    const entropy = seededEntropy(seed)
    return [entropy.id(), entropy.id(), entropy.seed(), entropy.seed()]
  }
  expect(draws(7)).toEqual(draws(7))
  expect(draws(7)).not.toEqual(draws(8))
})

test('draws are spread evenly over 32 bits', () => {
  const entropy = seededEntropy(1)
  const buckets = new Uint32Array(16)
  for (let draw = 0; draw < 160_000; draw++) buckets[entropy.seed() >>> 28]!++
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(600)
})

test('a long run of work pauses until the event loop has turned', async () => {
  const clock = new VirtualClock(0)
  let turns = 0
  const watch = new TurnWatch(clock, () => turns++)
  watch.watch(clock.monotonic())
  clock.suspend(9)
  expect(watch.isOver(clock.monotonic())).toBe(false)
  clock.suspend(1)
  expect(watch.isOver(clock.monotonic())).toBe(true)
  await clock.advance(0)
  expect(turns).toBe(1)
  expect(watch.isOver(clock.monotonic())).toBe(false)
})
