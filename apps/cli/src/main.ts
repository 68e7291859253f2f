/** The millrace command: look inside a store and steer it. */
import { MillraceError } from 'millrace'
import type { Command } from './command.ts'
import { salvage } from './salvage.ts'
import { verify } from './verify.ts'

const commands: readonly Command[] = [verify, salvage]

process.exitCode = await main(process.argv.slice(2))

async function main([name, ...rest]: readonly string[]): Promise<number> {
  const command = commands.find((one) => one.name === name)
  if (!command) {
    console.error(usage())
    return 2
  }
  try {
    return await command.run(rest)
  } catch (error) {
    if (isMisspelt(error)) {
      console.error(`${error.message}\n\n${usage()}`)
      return 2
    }
    console.error(error instanceof MillraceError ? `${error.code}: ${error.message}` : error)
    return 1
  }
}

/** An option that the command does not know. */
function isMisspelt(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}

function usage(): string {
  const lines = commands.map(({ usage, summary }) => `  millrace ${usage.padEnd(44)} ${summary}`)
  return [
    'Usage:',
    ...lines,
    '',
    'Exit codes: 0 all is well, 1 something is wrong, 2 the command was not understood.',
  ].join('\n')
}
