/** Thumbnails and a gallery of a folder of photos: the example application. */
import './thread-pool.ts'
import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MillraceError } from 'millrace'
import { help, readArguments, WrongArguments, type Options } from './arguments.ts'
import { commandFor } from './command.ts'
import type { Folders } from './pool.ts'
import { jsonReport, linesReport, terminalReport, type Report } from './report.ts'
import { run } from './run.ts'
import { drawPhotos } from './synthetic.ts'

const exitCode = { done: 0, failed: 1, wrongArguments: 2, deadLetters: 3, interrupted: 130 }

async function main(): Promise<number> {
  const options = readArguments(process.argv.slice(2))
  if (options.help) {
    console.log(help)
    return exitCode.done
  }
  const say = options.json ? () => {} : console.log
  const report = reportFor(options)
  const { input, output } = options.folders ?? (await drawnFolders(report))
  const { unfinished, unreadable, dead } = await run({
    input,
    output,
    concurrency: options.concurrency,
    report,
    interrupted: interruption(),
  })
  if (unfinished > 0) {
    say(`to go on: ${commandFor({ input, output })}`)
    return exitCode.interrupted
  }
  if (unreadable > 0) return exitCode.failed
  return dead > 0 ? exitCode.deadLetters : exitCode.done
}

/** Resolves at the first Ctrl-C. The second one is left to Node, which ends at once. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

function reportFor({ json }: Options): Report {
  if (json) return jsonReport(process.stdout)
  return process.stdout.isTTY ? terminalReport(process.stdout) : linesReport(process.stdout)
}

async function drawnFolders(report: Report): Promise<Folders> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-photos-')))
  const folders = { input: join(folder, 'input'), output: join(folder, 'output') }
  mkdirSync(folders.output)
  report({ event: 'drawing', photos: 60, ...folders, command: commandFor(folders) })
  await drawPhotos(folders.input, 60)
  return folders
}

/** One sentence for what the user can mend: wrong arguments, a full disk, another run. Anything else keeps its stack. */
function failed(error: Error): number {
  if (error instanceof WrongArguments) {
    console.error(`photos: ${error.message} (--help says more)`)
    return exitCode.wrongArguments
  }
  if (!(error instanceof MillraceError) && !('syscall' in error)) throw error
  console.error(`photos: ${error.message}`)
  return exitCode.failed
}

// Whoever read the output went away: nothing is lost, the next run goes on.
process.stdout.once('error', (error) => {
  console.error(`photos: ${error.message}`)
  process.exit(exitCode.failed)
})
process.exitCode = await main().catch(failed)
