import { MillraceError } from '@millrace/core'
import { readArguments, type Arguments } from './command/arguments.ts'
import { calibrate } from './command/calibrate-command.ts'
import { check } from './command/check-command.ts'
import type { Desktop } from './command/desktop.ts'
import { list, schema } from './command/list-command.ts'
import { oracle } from './command/oracle-command.ts'
import { plan } from './command/plan-command.ts'
import { ProgressBar } from './command/progress-bar.ts'
import { replay } from './command/replay-command.ts'
import { run } from './command/run-command.ts'
import { storm } from './command/storm-command.ts'
import { Threads } from './command/threads.ts'

const help = `npm run sim -- <command> [--json]

  run <preset|file.json> [--seed N] [--replications R] [--html report.html]
                                                         what happens in this scenario
  run --replay trace.jsonl                               what runtime.record wrote once more, each job with its own luck
  calibrate trace.jsonl [--out scenario.json]            a scenario like the trace, and whether it fits
  plan <preset|file.json> [--slo 'p99 wait < 0.5s']      how many workers it takes
  replay <file.json>                                     the same run again, compared to the last event
  storm <preset|file.json>                               does trouble outlast its cause, and what helps
  check [--seeds N] [--seed N] [--steps K] [--first]     the real runtime in worlds with faults
  oracle [file.json] [--quick]                           exact values beside simulated ones
  list                                                   the presets
  schema                                                 the scenario format as JSON Schema

exit codes: 0 done, 1 the answer is no, 2 wrong arguments, 3 not enough data, 70 the simulator is wrong about itself`

type Command = (given: Arguments, desktop: Desktop) => number | Promise<number>
const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['run', run],
  ['calibrate', calibrate],
  ['plan', plan],
  ['replay', replay],
  ['check', check],
  ['storm', storm],
  ['oracle', oracle],
  ['list', list],
  ['schema', schema],
  ['help', (_given, { print }) => (print(help), 0)],
])

async function main(): Promise<number> {
  const given = readArguments(process.argv.slice(2))
  const command = commands.get(given.command)
  if (command === undefined)
    throw new MillraceError('BAD_ARGUMENT', `${given.command} is no command\n\n${help}`)
  const desktop: Desktop = {
    threads: new Threads(),
    bar: new ProgressBar(process.stderr),
    print: (text) => console.log(text),
  }
  try {
    return await command(given, desktop)
  } finally {
    await desktop.threads.close()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isTheirs = error instanceof MillraceError && error.code === 'BAD_ARGUMENT'
  console.error(isTheirs ? error.message : error)
  process.exitCode = isTheirs ? 2 : 70
}
