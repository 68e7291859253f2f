import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  (match) => match[1]!,
)

// Within the project, so that `millrace` is found the way it is after an install.
mkdirSync(join(root, 'scratch'), { recursive: true })
const folder = mkdtempSync(join(root, 'scratch/readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function runExample(code: string): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  writeFileSync(join(folder, 'example.ts'), code)
  return spawnSync(process.execPath, ['-C', '@millrace/source', 'example.ts'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 30_000,
  })
}

describe('the examples of the README', () => {
  it('run as they stand: the first job', () => {
    const { status, stdout, stderr } = runExample(blocks[0]!)
    expect(stderr).toBe('')
    expect(stdout).toBe('Hello, Ada!\n')
    expect(status).toBe(0)
  })

  it('run as they stand: a little more', () => {
    const { status, stdout, stderr } = runExample(blocks[1]!)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/is dead: nonRetryable/)
    expect(stdout).toMatch(/b\.txt is no photo/)
    expect(status).toBe(0)
  })

  it('keeps the first job within ten lines', () => {
    expect(
      blocks[0]!
        .trim()
        .split('\n')
        .filter((line) => line !== '').length,
    ).toBeLessThanOrEqual(10)
  })
})
