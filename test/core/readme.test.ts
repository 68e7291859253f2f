import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stateTable } from './state-table.ts'

it('prints in the README of core what the code does with every event in every state', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../packages/core/README.md'), 'utf8')
  const printed = /<!-- states -->\n([\s\S]*)\n<!-- \/states -->/.exec(readme)?.[1]
  expect(printed).toBe(stateTable())
})
