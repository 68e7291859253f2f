import { expect, test } from 'vitest'
import { Progress } from './runner/progress.ts'
import { run } from './runner/run-command.ts'
import { summarise, summaryLine } from './runner/summary.ts'

const file = (status: string, ...statuses: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: statuses.map((one, index) => ({ status: one, fullName: `${one} ${index}` })),
})
const here = { root: import.meta.dirname, environment: process.env }

test('counts tests and keeps the names of those that did not run', () => {
  const report = {
    testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'pending', 'todo')],
  }
  const summary = summarise(report, false)
  const failures = [{ file: 'a.test.ts', name: 'failed 1' }]
  expect(summary).toEqual({ passed: 2, failed: 1, skipped: ['pending 1', 'todo 2'], failures })
  expect(summaryLine(summary)).toBe('2 passed, 1 failed, 2 skipped')
})

test('a file that does not load is a failure', () => {
  const { failed, failures } = summarise({ testResults: [file('failed'), file('passed', 'passed')] }, false)
  expect(failed).toBe(1)
  expect(failures).toEqual([{ file: 'a.test.ts', name: 'a.test.ts' }])
})

test('a red run with only green tests is a failure', () => {
  expect(summarise({ testResults: [file('passed', 'passed')] }, false)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

test('the line names no skipped tests when there are none', () => {
  expect(summaryLine({ passed: 3, failed: 0, skipped: [], failures: [] })).toBe('3 passed, 0 failed')
})

test('a command reports its exit and all it wrote', async () => {
  const finished = await run(['node', '-e', 'console.log(1); console.error(2); process.exitCode = 3'], here)
  expect(finished.ok).toBe(false)
  expect(finished.output.split('\n').sort()).toEqual(['', '1', '2'])
})

test('a command that does not exist has failed', async () => {
  expect(await run(['no-such-command-anywhere'], here)).toMatchObject({ ok: false })
})

test('a terminal sees how far the tests are, and anything else no line that is written over', () => {
  const vitest = [
    ' \u001b[32m✓\u001b[39m  node  test/a.test.ts (3 tests) 5ms\n ❯  chromium  te',
    'st/b.test.ts (2 tests)\n',
  ]
  const written = (isTTY: boolean): string[] => {
    const lines: string[] = []
    const progress = new Progress({ isTTY, write: (text: string) => lines.push(text) > 0 })
    for (const text of vitest) progress.read(text)
    progress.clear()
    return lines
  }
  expect(written(true)).toEqual([
    expect.stringContaining('1 files, last test/a.test.ts'),
    expect.stringContaining('2 files, 1 failed, last test/b.test.ts'),
    '\r\u001b[K',
  ])
  expect(written(false)).toEqual([])
})
