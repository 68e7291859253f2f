import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export const main = join(import.meta.dirname, '../../sim/src/main.ts')

/** For files that the tests of one file hand to the simulator; removed after the last of them. */
export const folder = mkdtempSync(join(tmpdir(), 'millrace-sim-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The simulator's command in a process of its own. */
export function sim(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['-C', '@millrace/source', main, ...words], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
  })
}

export function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
