import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../apps/photos/src/gallery.ts'

const root = join(import.meta.dirname, '../..')
const main = join(root, 'apps/photos/src/main.ts')

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface PhotosProcess {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when the standard output holds the text so many times, or the process has ended. */
  readonly printed: (text: string, times?: number) => Promise<void>
}

/** The example as users start it, in a process of its own. */
export function startPhotos(...words: string[]): PhotosProcess {
  const child = spawn(process.execPath, ['-C', '@millrace/source', main, ...words], { cwd: root })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const printed = async (text: string, times = 1): Promise<void> => {
    const seen = new Promise<void>((resolve) => {
      const look = (): void => void (stdout.split(text).length > times && resolve())
      child.stdout.on('data', look)
      look()
    })
    await Promise.race([seen, finished])
  }
  return { child, finished, printed }
}

export function runPhotos(...words: string[]): Promise<Finished> {
  return startPhotos(...words).finished
}

export function readGallery(output: string): Entry[] {
  return JSON.parse(readFileSync(join(output, 'gallery.json'), 'utf8')) as Entry[]
}

/** The events that `--json` printed. */
export function eventsOf({ stdout }: Finished): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
