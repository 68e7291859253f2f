import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { MillraceError } from '@millrace/core'
import { parseScenario, readScenario } from '../scenario/parse.ts'
import { presets } from '../scenario/presets.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { usualSteps } from '../worlds/check.ts'

export interface Arguments {
  readonly command: string
  readonly subject: string | undefined
  readonly json: boolean
  readonly seed: number | undefined
  readonly replications: number
  readonly slo: string | undefined
  readonly quick: boolean
  /** Where the report goes as a page. */
  readonly html: string | undefined
  /** The trace whose jobs are to come again. */
  readonly replay: string | undefined
  /** Where a scenario goes. */
  readonly out: string | undefined
  /** Worlds to check. */
  readonly seeds: number | undefined
  /** Steps of each world. */
  readonly steps: number
  /** Stop at the first world that is broken. */
  readonly first: boolean
}

export function readArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parsed(words)
  const [command = 'help', subject, extra] = positionals
  if (extra !== undefined) throw usage(`${extra} is one word too many`)
  return {
    command: values.help === true ? 'help' : command,
    subject,
    json: values.json ?? false,
    seed: values.seed === undefined ? undefined : whole(values.seed, '--seed', 0, Number.MAX_SAFE_INTEGER),
    replications: whole(values.replications ?? '1', '--replications', 1, 10_000),
    slo: values.slo,
    quick: values.quick ?? false,
    html: values.html,
    replay: values.replay,
    out: values.out,
    seeds: values.seeds === undefined ? undefined : whole(values.seeds, '--seeds', 1, 10_000_000),
    steps: whole(values.steps ?? String(usualSteps), '--steps', 1, 10_000),
    first: values.first ?? false,
  }
}

function parsed(words: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(words)
  } catch (cause) {
    throw new MillraceError('BAD_ARGUMENT', (cause as Error).message, { cause })
  }
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      seed: { type: 'string' },
      replications: { type: 'string' },
      slo: { type: 'string' },
      quick: { type: 'boolean' },
      html: { type: 'string' },
      replay: { type: 'string' },
      out: { type: 'string' },
      seeds: { type: 'string' },
      steps: { type: 'string' },
      first: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}

/** The scenario a command is about: a preset's name, or a file. */
export function scenarioOf({ subject, seed }: Arguments): Scenario {
  if (subject === undefined)
    throw usage(`name a preset (${[...presets.keys()].join(', ')}) or a scenario file`)
  const scenario = presets.get(subject)?.scenario ?? readScenario(textOf(subject))
  return seed === undefined ? scenario : parseScenario({ ...scenario, seed })
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const message = `${path} is neither a preset nor a file that can be read: ${(cause as Error).message}`
    throw new MillraceError('BAD_ARGUMENT', message, { cause })
  }
}

export function usage(message: string): MillraceError {
  return new MillraceError('BAD_ARGUMENT', message)
}

function whole(text: string, what: string, least: number, most: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw usage(`${what} must be a whole number from ${least} to ${most}, not ${text}`)
}
