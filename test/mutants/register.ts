import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutants } from './all.ts'
import { plant } from './mutant.ts'

/** `node --import` this: plants the fault named in MILLRACE_MUTANT while Node loads the code; no file is touched. */
const root = join(import.meta.dirname, '../..')
const mutant = mutants.find(({ name }) => name === process.env.MILLRACE_MUTANT)
if (mutant === undefined) throw new Error(`no mutant is named '${process.env.MILLRACE_MUTANT}'`)

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.startsWith('file:') || relative(root, fileURLToPath(url)) !== mutant.file) return loaded
    return { ...loaded, source: plant(mutant, readFileSync(fileURLToPath(url), 'utf8')) }
  },
})
