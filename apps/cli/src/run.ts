import { MillraceError } from 'millrace'
import { cancel } from './cancel.ts'
import { Misspelt, type Command } from './command.ts'
import { dead } from './dead.ts'
import { exportJobs } from './export.ts'
import { job } from './job.ts'
import { jobs } from './jobs.ts'
import { pause, resume } from './pause.ts'
import { redrive } from './redrive.ts'
import { salvage } from './salvage.ts'
import { stats } from './stats.ts'
import { verify } from './verify.ts'

const commands: readonly Command[] = [
  stats,
  jobs,
  job,
  dead,
  redrive,
  cancel,
  pause,
  resume,
  exportJobs,
  verify,
  salvage,
]

/** Does what the words after `millrace` say; answers the exit code. */
export async function run([name, ...rest]: readonly string[]): Promise<number> {
  const command = commands.find((one) => one.name === name)
  if (!command) {
    const asked = name === undefined || name === '--help' || name === 'help'
    ;(asked ? console.log : console.error)(asked ? usage() : `no command ${name}\n\n${usage()}`)
    return name === undefined || !asked ? 2 : 0
  }
  try {
    return await command.run(rest)
  } catch (error) {
    if (isMisspelt(error)) {
      console.error(`${error.message}\n\nUsage: millrace ${command.usage}`)
      return 2
    }
    // The reader of a pipe has seen enough.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return 0
    console.error(error instanceof MillraceError ? `${error.code}: ${error.message}` : error)
    return 1
  }
}

function isMisspelt(error: unknown): error is Error {
  if (error instanceof Misspelt) return true
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function usage(): string {
  const lines = commands.map(({ usage: arguments_, summary }) => `  millrace ${arguments_}\n      ${summary}`)
  return [
    'Look inside the store of a directory, and steer it, while its own process works or while none does.',
    '',
    ...lines,
    '',
    'Exit codes: 0 all is well, 1 something is wrong or was not found, 2 the arguments were not understood, 4 the store is damaged.',
  ].join('\n')
}
