import { availableParallelism } from 'node:os'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { browserProjects } from './test/browser/project.ts'
import { deep } from './test/depth.ts'
import { mutation } from './test/mutants/plugin.ts'

const source = '@millrace/source'

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  worker: { format: 'es' },
  test: {
    // Generous: a slow machine is no failure, only a hang is.
    testTimeout: deep ? 3_600_000 : 60_000,
    hookTimeout: 60_000,
    // One worker a core, not one less: most of these tests wait.
    maxWorkers: availableParallelism(),
    // A module with a planted fault must not be found in the cache by a run that plants another.
    fsModuleCache: process.env.MILLRACE_MUTANT === undefined,
    projects: [
      {
        plugins: mutation(import.meta.dirname),
        test: {
          name: 'node',
          // For threads that tests start, which know nothing of this file.
          execArgv: ['-C', source],
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.{browser,idb}.test.ts', '**/node_modules/**'],
        },
      },
      ...browserProjects(import.meta.dirname),
    ],
    coverage: { include: ['packages/*/src/**', 'apps/*/src/**', 'sim/**'] },
  },
})
