import type { Folders } from './pool.ts'

/** What to type to start a run, or to go on with it. */
export function commandFor({ input, output }: Folders): string {
  return `npm run photos -- ${quoted(input)} ${quoted(output)}`
}

/** For a shell to take it as it is. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
