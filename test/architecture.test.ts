import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { banned, defaultExports, drawers, tooLong } from './architecture/files.ts'
import { deepImports, wrongDirections } from './architecture/imports.ts'
import { extraDependencies, looseVersions, undeclaredImports } from './architecture/manifests.ts'
import { readProject, type ProjectFile } from './architecture/project-file.ts'
import { exportedNames, publicApi } from './architecture/public-api.ts'
import { impurities } from './architecture/purity.ts'

const project = readProject(join(import.meta.dirname, '..'))

describe('the project', () => {
  test.for([
    ['imports point in the agreed direction', wrongDirections],
    ['packages meet at their entries only', deepImports],
    ['no file is longer than agreed', tooLong],
    ['no file is a drawer', drawers],
    ['the core is pure', impurities],
    ['exports have names', defaultExports],
    ['nothing names one machine or a registry', banned],
    ['packages depend on what was agreed', extraDependencies],
    ['versions are exact', looseVersions],
    ['every import is declared', undeclaredImports],
  ] as const)('%s', ([, check]) => {
    expect(project.length).toBeGreaterThan(30)
    expect(check(project)).toEqual([])
  })

  test('the public API is the one on record (npm run api writes it)', () => {
    const onRecord = new Map(
      project
        .filter((file) => file.path.startsWith('test/api/'))
        .map((file) => [file.path.slice('test/api/'.length, -'.txt'.length), file.text]),
    )
    expect(onRecord).toEqual(publicApi(project))
  })
})

describe('a planted fault is found:', () => {
  type Check = (files: readonly ProjectFile[]) => string[]
  const machinePath = (folder: string): string => `see ${['', folder, 'notes'].join('/')}`
  const faults: readonly (readonly [string, Check, string, string])[] = [
    [
      'core imports a package',
      wrongDirections,
      'packages/core/src/a.ts',
      `import { b } from '@millrace/table'`,
    ],
    ['core imports Node', wrongDirections, 'packages/core/src/a.ts', `import { b } from 'node:fs'`],
    ['an import type', wrongDirections, 'packages/core/src/a.ts', `export type A = import('zod').ZodType`],
    ['table imports a store', wrongDirections, 'packages/table/src/a.ts', `import '@millrace/store-file'`],
    [
      'the runtime imports a store',
      wrongDirections,
      'packages/runtime/src/a.ts',
      `import('@millrace/table')`,
    ],
    ['a package imports an app', wrongDirections, 'packages/table/src/a.ts', `export * from '@millrace/cli'`],
    ['a package imports itself', wrongDirections, 'packages/table/src/a.ts', `import '@millrace/table'`],
    ['a package nobody agreed to', wrongDirections, 'packages/extras/src/a.ts', ``],
    ['the simulator imports a test', wrongDirections, 'sim/a.ts', `import '../test/depth.ts'`],
    ['a deep import', deepImports, 'apps/cli/src/a.ts', `import { a } from '@millrace/core/src/job.ts'`],
    ['a way round', deepImports, 'packages/table/src/a.ts', `export * from '../../core/src/job.ts'`],
    ['301 lines', tooLong, 'packages/core/src/a.ts', 'let a\n'.repeat(301)],
    ['a drawer file', drawers, 'packages/core/src/utils.ts', ''],
    ['a drawer of types', drawers, 'packages/core/src/types.ts', ''],
    ['a drawer folder', drawers, 'apps/cli/src/helpers/a.ts', ''],
    ['reading the clock', impurities, 'packages/core/src/a.ts', `const now = () => Date.now()`],
    ['a draw of its own', impurities, 'packages/core/src/a.ts', `const draw = Math.random()`],
    ['a promise', impurities, 'packages/core/src/a.ts', `export interface A { wait(): Promise<void> }`],
    ['an async function', impurities, 'packages/core/src/a.ts', `export async function a() {}`],
    ['an async arrow', impurities, 'packages/core/src/a.ts', `export const a = async () => 1`],
    [
      'a promise made by a port',
      impurities,
      'packages/core/src/store.ts',
      `export const a = Promise.resolve()`,
    ],
    ['a timer', impurities, 'packages/core/src/a.ts', `setTimeout(() => 1, 10)`],
    ['a printed line', impurities, 'packages/core/src/a.ts', `console.log(1)`],
    ['the process', impurities, 'packages/core/src/a.ts', `export const a = process.pid`],
    ['a default export', defaultExports, 'packages/core/src/a.ts', `export default 1`],
    ['a renamed default', defaultExports, 'sim/a.ts', `const a = 1; export { a as default }`],
    ['a path of a machine', banned, 'README.md', machinePath('work')],
    ['a home folder', banned, 'README.md', machinePath('root')],
    ['a registry host', banned, 'README.md', `https://${'registry'}.example/x`],
    ['a host in the lock', banned, 'package-lock.json', `"resolved": "${'https'}://a.example/x.tgz"`],
    [
      'an extra dependency',
      extraDependencies,
      'packages/core/package.json',
      `{"dependencies":{"zod":"1.0.0"}}`,
    ],
    ['a caret', looseVersions, 'package.json', `{"devDependencies":{"zod":"^1.0.0"}}`],
    ['a tag', looseVersions, 'apps/cli/package.json', `{"dependencies":{"zod":"latest"}}`],
    ['an undeclared import', undeclaredImports, 'packages/runtime/src/a.ts', `import 'p-queue'`],
  ]

  test.for(faults)('%s', ([, check, path, text]) => {
    expect(check([{ path, text }])).toHaveLength(1)
  })

  const innocents: readonly (readonly [string, Check, string, string])[] = [
    [
      'the word in a comment',
      impurities,
      'packages/core/src/a.ts',
      `// no Promise, no Date\nexport const a = 'async'`,
    ],
    ['a property of that name', impurities, 'packages/core/src/a.ts', `export const a = (b: B) => b.process`],
    [
      'a promised reply',
      impurities,
      'packages/core/src/store.ts',
      `export interface A { b(): Promise<void> }`,
    ],
    ['300 lines', tooLong, 'packages/core/src/a.ts', 'let a\n'.repeat(300)],
    ['a sibling file', deepImports, 'packages/core/src/flow/a.ts', `import '../job.ts'`],
    ['a public entry', deepImports, 'apps/cli/src/a.ts', `import 'millrace/file'`],
    [
      'a test that looks inside',
      deepImports,
      'test/core/a.test.ts',
      `import '../../packages/core/src/job.ts'`,
    ],
    ['core under the runtime', wrongDirections, 'packages/runtime/src/a.ts', `import '@millrace/core'`],
  ]

  test.for(innocents)('and %s is none', ([, check, path, text]) => {
    expect(check([{ path, text }])).toEqual([])
  })

  test('names are followed through re-exports', () => {
    const files = new Map(
      [
        {
          path: 'packages/millrace/src/index.ts',
          text: `export * from '@millrace/core'; export const z = 1`,
        },
        {
          path: 'packages/core/src/index.ts',
          text: `export * from './job.ts'; export { b as c } from './b.ts'`,
        },
        { path: 'packages/core/src/job.ts', text: `export type Job = 1; export function a() {}` },
      ].map((file) => [file.path, file]),
    )
    expect(exportedNames('packages/millrace/src/index.ts', files)).toEqual(['Job', 'a', 'c', 'z'])
  })
})
