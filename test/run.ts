/**
 * `npm test`: every step, one line each, a failing step's output in full, and the count as the last line.
 * Test files that failed beside the others on a loaded machine run once more, one at a time: what passes then is named unsteady.
 * `--deep` runs more cases; other arguments go to vitest (`npm test -- architecture`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { ensureChromium } from './browser/chromium.ts'
import { Progress } from './runner/progress.ts'
import { run, type Finished } from './runner/run-command.ts'
import { summarise, summaryLine, type Report, type Summary } from './runner/summary.ts'

const root = join(import.meta.dirname, '..')
const deep = process.argv.includes('--deep')
const rest = process.argv.slice(2).filter((argument) => argument !== '--deep')
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined }),
  ...(deep ? { MILLRACE_DEEP: '1' } : {}),
}

/** More failures than this are no matter of load. */
const mostUnsteady = 5

const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['format', ['oxfmt', '--check']],
  ['lint', ['oxlint']],
  ['build', ['tsc', '-b', 'packages/*']],
  ['types', ['tsc', '--noEmit']],
]

async function main(): Promise<void> {
  let failedSteps = 0
  for (const [name, command] of steps) {
    const finished = await run(command, { root, environment })
    announce(name, finished)
    if (!finished.ok) failedSteps += 1
  }
  const chromium = ensureChromium()
  if ('missing' in chromium) console.log(`skipped  all tests in Chromium: ${chromium.missing}`)
  const summary = await runTests()
  const total = { ...summary, failed: summary.failed + failedSteps }
  for (const name of total.skipped) console.log(`skipped  ${name}`)
  console.log(summaryLine(total))
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
}

async function runTests(): Promise<Summary> {
  const first = await runVitest('tests', rest)
  const again = first.failures.map(({ file }) => file)
  if (again.length === 0 || again.length > mostUnsteady) return first
  const second = await runVitest('again', [...new Set(again), '--maxWorkers=1'])
  if (second.failed > 0) return first
  for (const { name } of first.failures) console.log(`unsteady  ${name}`)
  return { ...first, passed: first.passed + first.failed, failed: 0 }
}

async function runVitest(step: string, parameters: readonly string[]): Promise<Summary> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  const output = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`]
    const progress = new Progress(process.stdout)
    const onOutput = (text: string): void => progress.read(text)
    const command = ['vitest', 'run', ...reporters, ...parameters]
    const finished = await run(command, { root, environment, onOutput })
    progress.clear()
    const summary = summarise(readReport(output), finished.ok)
    const names = summary.failures.map(({ name }) => `\n        ${name}`)
    announce(step, finished, `${summary.passed} of ${summary.passed + summary.failed}${names.join('')}`)
    return summary
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** No report means that vitest broke down before its first test. */
function readReport(path: string): Report {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report
  } catch {
    return { testResults: [] }
  }
}

function announce(name: string, finished: Finished, note = ''): void {
  const seconds = `${(finished.elapsedMs / 1000).toFixed(1)} s`
  console.log(
    `${finished.ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(7)} ${seconds.padStart(7)}  ${note}`.trimEnd(),
  )
  if (!finished.ok) console.log(finished.output.trimEnd())
}

await main()
