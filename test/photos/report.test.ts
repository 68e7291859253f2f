import { expect, test } from 'vitest'
import {
  jsonReport,
  linesReport,
  terminalReport,
  type RunEvent,
  type Summary,
} from '../../apps/photos/src/report.ts'

const wipe = '\r\u001b[K'

function setup() {
  const written: string[] = []
  const out = { columns: 80, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  return { out, written }
}

function progress(done: number, elapsedMs: number): RunEvent {
  return { event: 'progress', total: 10, done, now: done, dead: 0, elapsedMs }
}

const dead: RunEvent = { event: 'dead', job: 'photo.scan', path: 'a.jpg', message: 'a.jpg: empty' }

const summary: Summary = {
  photos: 10,
  completed: 7,
  completedNow: 5,
  retried: 1,
  dead: 2,
  unfinished: 1,
  unreadable: 0,
  seconds: 2.04,
  photosPerSecond: 3.46,
  gallery: 'out/gallery.json',
  deadLetters: 'out/dead-letters.json',
}

test('a terminal shows the bar below what is worth a line, and no bar at the end', () => {
  const { out, written } = setup()
  const report = terminalReport(out)
  for (const event of [progress(5, 1000), dead, { event: 'summary', ...summary } as const]) report(event)
  expect(written.every((text) => text.startsWith(wipe))).toBe(true)
  const [bar, line, end] = written.map((text) => text.slice(wipe.length))
  expect(bar).toMatch(/^█+░+  50 %  5 of 10 photos, 5\.0\/s, 1 s left$/)
  expect(line).toBe(`dead letter: a.jpg: empty\n${bar}`)
  expect(end).toMatch(/^7 of 10 .*\n$/s)
})

test('a pipe gets the progress every so often, and anything else at once', () => {
  const { out, written } = setup()
  const report = linesReport(out, 2000)
  for (const event of [progress(0, 0), progress(1, 1999), progress(2, 2000), progress(3, 2001), dead])
    report(event)
  expect(written).toEqual(['2 of 10 photos, 1.0/s, 8 s left\n', 'dead letter: a.jpg: empty\n'])
})

test('--json writes every event as it is', () => {
  const { out, written } = setup()
  jsonReport(out)(dead)
  expect(JSON.parse(written[0]!)).toEqual(dead)
  expect(written[0]).toMatch(/^\{.*\}\n$/)
})

test('the summary says what was done, what is left, and where to look', () => {
  const { out, written } = setup()
  linesReport(out)({ event: 'summary', ...summary })
  expect(written[0]!.trimEnd().split('\n')).toEqual([
    '7 of 10 photos completed (5 in this run), 1 retried, 2 dead, 2.0 s, 3.5 photos/s',
    'gallery: out/gallery.json',
    '1 left for the next run',
    'why the dead ones died: out/dead-letters.json',
  ])
})
