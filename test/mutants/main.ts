import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { mutants } from './all.ts'
import type { Mutant } from './mutant.ts'

/**
 * `npm run test:mutants -- [part of a name or file] [--jobs N]`: plants each fault in turn and runs the tests that look at its package.
 * Exits 1 if one survives.
 */
const root = join(import.meta.dirname, '../..')
const options = process.argv.slice(2)
const jobs = Number(options[options.indexOf('--jobs') + 1] ?? 2) || 2
const wanted =
  options.find((option, index) => !option.startsWith('--') && options[index - 1] !== '--jobs') ?? ''
const chosen = mutants.filter(({ name, file }) => name.includes(wanted) || file.includes(wanted))

// A fault that makes the tests run for ever was seen, too.
const longestMs = 600_000

const testsOf: Readonly<Record<string, readonly string[]>> = {
  core: ['test/core', 'test/conformance/memory'],
  runtime: ['test/runtime'],
  pool: ['--project=node', 'test/pool'],
  // Processes and real power cuts are slow, and show what the simulated disk shows too.
  'store-file': [
    '--project=node',
    'test/store-file',
    '--exclude=**/{processes,full-disk}.test.ts',
    '--testTimeout=60000',
  ],
  'store-postgres': ['--project=node', 'test/store-postgres', '--exclude=**/{crash,example}.test.ts'],
  'store-indexeddb': ['--project=indexeddb', 'test/store-indexeddb', 'test/conformance/indexeddb'],
}

function passes(mutant: Mutant | undefined, folder: string): Promise<boolean> {
  const environment = { ...process.env, ...(mutant !== undefined && { MILLRACE_MUTANT: mutant.name }) }
  // Without the cache of transformed modules, which knows nothing of planted faults.
  const flags = ['run', '--fsModuleCache=false', '--bail=1', '--reporter=dot']
  const child = spawn('vitest', [...flags, ...testsOf[folder]!], {
    cwd: root,
    env: environment,
    stdio: 'ignore',
    timeout: longestMs,
  })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)))
}

async function judge(mutant: Mutant): Promise<boolean> {
  const survived = await passes(mutant, folderOf(mutant))
  console.log(`${survived ? 'SURVIVED' : 'killed  '}  ${mutant.name}  (${mutant.file})`)
  return !survived
}

function folderOf({ file }: Mutant): string {
  return file.split('/')[1]!
}

async function main(): Promise<void> {
  for (const folder of new Set(chosen.map(folderOf))) {
    if (await passes(undefined, folder)) continue
    console.error(`the tests of ${folder} fail without any fault: mend them first`)
    process.exitCode = 1
    return
  }
  const waiting = [...chosen]
  let killed = 0
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
      if (await judge(mutant)) killed++
  }
  await Promise.all(Array.from({ length: jobs }, work))
  console.log(`${killed}/${chosen.length} killed`)
  if (killed < chosen.length) process.exitCode = 1
}

await main()
