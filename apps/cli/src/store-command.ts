import { parseArgs, type ParseArgsConfig } from 'node:util'
import { visitStore, type Visit } from 'millrace/file'
import { Misspelt, printable, type Command } from './command.ts'

/** As many as core looks at in one command. */
export const mostAtOnce = 100_000

type Flags = NonNullable<ParseArgsConfig['options']>
type Values = Readonly<Record<string, string | boolean | undefined>>

export interface Arguments {
  /** Those after the directory. */
  readonly rest: readonly string[]
  readonly values: Values
}

/** What a command found or did: the same for a person and for a machine. */
export interface Answer {
  readonly text: string
  readonly json: unknown
  /** 1 when what was asked for could not be done. */
  readonly exitCode?: number
}

export interface StoreCommand {
  readonly name: string
  readonly usage: string
  readonly summary: string
  readonly flags?: Flags
  readonly run: (visit: Visit, given: Arguments) => Promise<Answer>
}

/** A command on the store in a directory; it goes through the process that owns the store, if one does. */
export function storeCommand({ name, usage, summary, flags = {}, run }: StoreCommand): Command {
  return {
    name,
    usage: `${usage} [--json]`,
    summary,
    run: async (argv) => {
      const { positionals, values } = parseArgs({
        args: [...argv],
        allowPositionals: true,
        options: { ...flags, json: { type: 'boolean', default: false } },
      })
      const [directory, ...rest] = positionals
      if (directory === undefined) throw new Misspelt(`${name} needs the directory of a store`)
      const visit = await visitStore(directory)
      try {
        const { text, json, exitCode = 0 } = await run(visit, { rest, values: values as Values })
        console.log(values.json === true ? JSON.stringify(json) : text.split('\n').map(printable).join('\n'))
        return exitCode
      } finally {
        await visit.close()
      }
    },
  }
}

/** Now, and the draw that commands with jitter want. */
export function moment(): { readonly now: number; readonly seed: number } {
  return { now: Date.now(), seed: Math.floor(Math.random() * 2 ** 32) }
}

export function textFlag(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

/** How many at most: `--limit`. */
export function limitFlag(values: Values, otherwise: number): number {
  const limit = Number(textFlag(values, 'limit') ?? otherwise)
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostAtOnce) return limit
  throw new Misspelt(`--limit is a whole number from 1 to ${mostAtOnce}`)
}
