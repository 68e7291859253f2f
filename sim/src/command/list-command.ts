import { presets } from '../scenario/presets.ts'
import { scenarioSchema } from '../scenario/schema.ts'
import type { Arguments } from './arguments.ts'
import type { Desktop } from './desktop.ts'

/** `list`: the presets. */
export function list({ json }: Arguments, { print }: Desktop): number {
  const all = [...presets].map(([name, { about, scenario }]) => ({ name, about, scenario }))
  const width = Math.max(...all.map(({ name }) => name.length))
  print(
    json ? JSON.stringify(all) : all.map(({ name, about }) => `${name.padEnd(width)}  ${about}`).join('\n'),
  )
  return 0
}

/** `schema`: the scenario format as JSON Schema. */
export function schema(_given: Arguments, { print }: Desktop): number {
  print(JSON.stringify(scenarioSchema, null, 2))
  return 0
}
