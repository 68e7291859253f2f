import { readdirSync } from 'node:fs'

/** `npm run bench -- <name> [options]`: each benchmark is a file beside this one that exports `run(options)`. */
const [name = '', ...options] = process.argv.slice(2)
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))

if (names.includes(name)) {
  const bench = (await import(`./${name}.bench.ts`)) as { run(options: readonly string[]): Promise<void> }
  await bench.run(options)
} else {
  console.error(`npm run bench -- <${names.join(' | ')}> [options]`)
  process.exitCode = 2
}
