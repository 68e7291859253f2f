import { expect, test } from 'vitest'
import { Call } from '../../packages/pool/src/call.ts'
import { Cells } from '../../packages/pool/src/cells.ts'
import { Pace } from '../../packages/pool/src/pace.ts'
import { WorkerLine } from '../../packages/pool/src/worker-line.ts'

function setup(): { cells: Cells; pace: Pace; line: WorkerLine } {
  const cells = new Cells()
  const pace = new Pace()
  pace.learn('short', 0.01)
  return { cells, pace, line: new WorkerLine(pace, cells) }
}

function call(name = 'short', timeoutMs = 20): Call {
  return new Call(name, null, false, timeoutMs, {})
}

test('a worker at work is sent what is known to be short, and nothing else', () => {
  const { line, pace } = setup()
  expect(line.hasRoom(call('unknown'))).toBe(true)
  line.add(call(), 0)
  expect(line.hasRoom(call())).toBe(true)
  expect(line.hasRoom(call('unknown'))).toBe(false)
  pace.learn('long', 100)
  expect(line.hasRoom(call('long'))).toBe(false)
})

test('nothing is sent behind a call of unknown length', () => {
  const { line } = setup()
  line.add(call('unknown'), 0)
  expect(line.hasRoom(call())).toBe(false)
})

test('where memory is not shared, a worker has one call at a time', () => {
  const { pace } = setup()
  const line = new WorkerLine(pace, undefined)
  line.add(call(), 0)
  expect(line.hasRoom(call())).toBe(false)
})

// Found by 200 random deaths: it was measured from zero, and timed out as soon as the page was older than its timeout.
test('a call that runs before its predecessor was heard of has its whole timeout', () => {
  const { line, cells } = setup()
  const [first, second] = [call(), call()]
  for (const one of [first, second]) line.add(one, 1_000)
  cells.begin(first.id)
  cells.end(first.id)
  cells.begin(second.id)
  expect(line.nextLook(1_000)).toBe(1_005)
  const running = line.running(1_001)
  expect(running).toBe(second)
  expect(line.isOverdue(second, 1_001)).toBe(false)
  expect(line.isOverdue(second, 1_020)).toBe(true)
})

test('a call that its worker has not got to is not overdue', () => {
  const { line, cells } = setup()
  const late = call()
  line.add(late, 1_000)
  expect(line.isOverdue(late, 1_020)).toBe(false)
  cells.begin(late.id)
  expect(line.nextLook(1_020)).toBe(1_040)
  expect(line.isOverdue(late, 1_040)).toBe(true)
})

test('calls behind a slow one are taken back, and it is sent no more until it has ended', () => {
  const { line, cells } = setup()
  const [slow, ...behind] = [call(), call(), call()]
  for (const one of [slow!, ...behind]) line.add(one, 0)
  cells.begin(slow!.id)
  expect(line.takeBackStalled(4)).toEqual([])
  expect(line.takeBackStalled(5)).toEqual(behind)
  expect(line.hasRoom(call())).toBe(false)
  expect(cells.begin(behind[0]!.id)).toBe(false)
  line.finish({ id: slow!.id, ms: 9, ok: true, value: null }, 9)
  expect(line.hasRoom(call())).toBe(true)
})

test('a death hits the call that ran; what had not begun, and results that died with the worker, run again', () => {
  const { line, cells } = setup()
  const [unheard, running, waiting] = [call(), call(), call()]
  for (const one of [unheard, running, waiting]) line.add(one!, 0)
  cells.begin(unheard!.id)
  cells.end(unheard!.id)
  cells.begin(running!.id)
  expect(line.clear()).toEqual({ running: [running], unharmed: [unheard, waiting] })
})

test('nothing is sent behind a call that travels alone, since it may not be readable', () => {
  const { line } = setup()
  const suspect = call()
  suspect.travelsAlone = true
  line.add(suspect, 0)
  expect(line.hasRoom(call())).toBe(false)
})

test('a payload that moves is sent to an idle worker only, since it cannot be taken back', () => {
  const { line } = setup()
  const moved = call()
  moved.travelsAlone = true
  expect(line.hasRoom(moved)).toBe(true)
  line.add(call(), 0)
  expect(line.hasRoom(moved)).toBe(false)
})
