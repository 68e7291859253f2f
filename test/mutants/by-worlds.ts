import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { mutants } from './all.ts'

/**
 * `npm run test:mutants:worlds -- [part of a name or file] [--seeds N]`: plants each fault of core and runtime in turn and lets
 * `sim check` look for it. What no world finds, a test of `npm run test:mutants` does.
 */
const root = join(import.meta.dirname, '../..')
const words = process.argv.slice(2)
const seeds = words.includes('--seeds') ? words[words.indexOf('--seeds') + 1]! : '2000'
const wanted = words.find((word, index) => !word.startsWith('--') && words[index - 1] !== '--seeds') ?? ''
const chosen = mutants.filter(
  ({ name, file }) => /\/(core|runtime)\//.test(file) && (name.includes(wanted) || file.includes(wanted)),
)

/** The invariant that was broken first, and where; undefined if none was. */
function lookFor(name: string): Promise<string | undefined> {
  const register = join(import.meta.dirname, 'register.ts')
  const flags = ['--import', register, '-C', '@millrace/source', 'sim/src/main.ts']
  const child = spawn(process.execPath, [...flags, 'check', '--seeds', seeds, '--first', '--json'], {
    cwd: root,
    env: { ...process.env, MILLRACE_MUTANT: name },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  return new Promise((resolve) => child.once('exit', () => resolve(found(out))))
}

function found(out: string): string | undefined {
  try {
    const { broken, seeds: looked } = JSON.parse(out) as {
      readonly broken: readonly {
        readonly seed: number
        readonly violation: { readonly invariant: string }
      }[]
      readonly seeds: number
    }
    return broken[0] && `${broken[0].violation.invariant} (seed ${broken[0].seed} of ${looked})`
  } catch {
    return 'the check itself broke down'
  }
}

let count = 0
for (const { name, file } of chosen) {
  const by = await lookFor(name)
  if (by !== undefined) count++
  console.log(
    `${by === undefined ? 'not seen' : 'found   '}  ${name}  (${file.split('/').at(-1)!})  ${by ?? ''}`,
  )
}
console.log(`${count}/${chosen.length} found by worlds`)
