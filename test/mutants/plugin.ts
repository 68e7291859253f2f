import { relative } from 'node:path'
import type { Plugin } from 'vite'
import { mutants } from './all.ts'
import { plant } from './mutant.ts'

/** Plants the fault named in MILLRACE_MUTANT while the tests load the code; no file is touched. */
export function mutation(root: string): Plugin[] {
  const name = process.env.MILLRACE_MUTANT
  if (name === undefined) return []
  const mutant = mutants.find((one) => one.name === name)
  if (mutant === undefined) throw new Error(`no mutant is named '${name}'`)
  return [
    {
      name: 'millrace-mutant',
      enforce: 'pre',
      transform: (code, id) =>
        relative(root, id.split('?')[0]!) === mutant.file ? plant(mutant, code) : undefined,
    },
  ]
}
