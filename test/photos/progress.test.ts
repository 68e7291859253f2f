import { expect, test } from 'vitest'
import { progressBar, progressText, timeText } from '../../apps/photos/src/progress.ts'

const half = { total: 60, done: 30, now: 20, dead: 0, elapsedMs: 4000 }

test('the rate and the time left come from what this run did', () => {
  expect(progressText(half)).toBe('30 of 60 photos, 5.0/s, 6 s left')
})

test('nothing done yet says nothing about time', () => {
  expect(progressText({ ...half, now: 0 })).toBe('30 of 60 photos')
  expect(progressText({ ...half, elapsedMs: 0 })).toBe('30 of 60 photos')
})

test('dead letters are told', () => {
  expect(progressText({ ...half, dead: 2 })).toBe('30 of 60 photos, 5.0/s, 6 s left, 2 dead')
})

test('the bar is as full as the work is done', () => {
  expect(progressBar(half, 200)).toBe(
    `${'█'.repeat(20)}${'░'.repeat(20)}  50 %  30 of 60 photos, 5.0/s, 6 s left`,
  )
  expect(progressBar({ ...half, done: 60 }, 200)).toContain('█'.repeat(40))
  expect(progressBar({ ...half, done: 59 }, 200)).toContain(' 98 %')
})

test('no photos at all are all done', () => {
  expect(progressBar({ total: 0, done: 0, now: 0, dead: 0, elapsedMs: 5 }, 200)).toContain('100 %')
})

test.for([0, 1, 10, 30, 40, 50, 60, 80])('on %i columns the bar stays on one line', (columns) => {
  expect(progressBar(half, columns).length).toBeLessThan(Math.max(1, columns))
})

test.for([
  [0, '0 s'],
  [0.2, '1 s'],
  [59.5, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
] as const)('%f seconds read as %s', ([seconds, text]) => {
  expect(timeText(seconds)).toBe(text)
})
