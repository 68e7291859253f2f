import { accessSync, constants, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, sep } from 'node:path'
import { parseArgs } from 'node:util'

export const help = `Makes thumbnails and a gallery.json of all photos in a folder, and goes on where it was when it is stopped.

  npm run photos -- <input folder> <output folder> [options]
  npm run photos                 tries it on 60 photos drawn for the purpose, in a temporary folder

  --concurrency <n>   photos in work at once, 1 to 256 (one per processor core)
  --json              one line of JSON per event on standard output, nothing else
  --help              this text

Takes JPEG, PNG, WebP, AVIF, GIF and TIFF, in all folders below; links are not followed. A photo that is damaged or not
what its name says becomes a dead letter. The output folder receives

  gallery.json        one entry per photo
  thumbnails/         200, 800 and 1600 pixels, WebP
  dead-letters.json   what could not be processed, and why
  .jobs/ .entries/    where the next run goes on

Exit codes: 0 all done, 3 done with dead letters, 2 wrong arguments, 130 interrupted, 1 anything else.`

export interface Options {
  readonly help: boolean
  readonly json: boolean
  readonly concurrency: number
  /** Not given: photos are drawn for the purpose. */
  readonly folders?: { readonly input: string; readonly output: string }
}

/** What the user asked for cannot be done; the message says why. */
export class WrongArguments extends Error {}

export function readArguments(words: readonly string[]): Options {
  const { values, positionals } = parsed(words)
  const { help = false, json = false } = values
  const concurrency = values.concurrency === undefined ? availableParallelism() : Number(values.concurrency)
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 256) {
    throw new WrongArguments(`--concurrency takes a whole number from 1 to 256, not "${values.concurrency}"`)
  }
  const [input, output, ...more] = positionals
  if (help || input === undefined) return { help, json, concurrency }
  if (output === undefined) throw new WrongArguments(`the output folder is missing`)
  if (more.length > 0)
    throw new WrongArguments(`two folders are enough, but there also is "${more.join('", "')}"`)
  return { help, json, concurrency, folders: foldersOf(input, output) }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { help: { type: 'boolean' }, json: { type: 'boolean' }, concurrency: { type: 'string' } },
    })
  } catch (error) {
    throw new WrongArguments((error as Error).message, { cause: error })
  }
}

/** Both as real paths, so that one can be found inside the other. The output folder is created. */
function foldersOf(input: string, output: string): { input: string; output: string } {
  const folders = { input: inputFolder(input), output: outputFolder(output) }
  if (`${folders.input}${sep}`.startsWith(`${folders.output}${sep}`)) {
    throw new WrongArguments(`the output folder "${output}" must not be the input folder, or hold it`)
  }
  return folders
}

function inputFolder(path: string): string {
  try {
    readdirSync(path)
    return realpathSync(path)
  } catch (error) {
    throw new WrongArguments(`the input folder "${path}" ${reasonOf(error, 'does not exist')}`, {
      cause: error,
    })
  }
}

function outputFolder(path: string): string {
  try {
    createFolder(path)
    readdirSync(path)
    accessSync(path, constants.W_OK)
    return realpathSync(path)
  } catch (error) {
    throw new WrongArguments(`the output folder "${path}" ${reasonOf(error, 'cannot be created')}`, {
      cause: error,
    })
  }
}

// Node's own `recursive` never returns where a folder cannot be made in one that exists, as in /proc.
function createFolder(path: string): void {
  if (path === '' || existsSync(path)) return
  createFolder(dirname(path))
  mkdirSync(path)
}

function reasonOf(error: unknown, missing: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return missing
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'is not a folder'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'may not be read or written'
  return `cannot be used: ${message}`
}
