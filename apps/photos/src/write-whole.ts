import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * Writes a file in the output folder whole or not at all: whoever reads it, or comes after a crash, never sees half of
 * it. Run again with the same data it changes nothing, which is what makes a job safe to repeat.
 */
export async function writeWhole(output: string, name: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(output, '.tmp', randomUUID())
  await writeFile(temporary, data, { flush: true })
  await mkdir(dirname(join(output, name)), { recursive: true })
  await rename(temporary, join(output, name))
}

/** Sweeps away what a killed run left half-written. Only the run that owns the queue may do so. */
export async function sweep(output: string): Promise<void> {
  await rm(join(output, '.tmp'), { recursive: true, force: true })
  await mkdir(join(output, '.tmp'), { recursive: true })
}
