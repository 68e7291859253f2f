import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mutants } from './mutants/all.ts'
import { plant } from './mutants/mutant.ts'

const root = join(import.meta.dirname, '..')

describe('the planted faults', () => {
  it.each(mutants)('"$name" still finds its place', (mutant) => {
    const source = readFileSync(join(root, mutant.file), 'utf8')
    expect(plant(mutant, source)).not.toBe(source)
  })

  it('refuses a mutant whose place is gone', () => {
    expect(() => plant({ name: 'x', file: 'f', find: 'not there', replace: '' }, 'text')).toThrow(
      "mutant 'x'",
    )
  })

  it('has a name of its own for each', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  })
})
