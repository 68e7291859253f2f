import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { mutation } from './test/mutants/plugin.ts'

const source = '@millrace/source'

export default defineConfig({
  resolve: { conditions: [source, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
  worker: { format: 'es' },
  test: {
    projects: [
      {
        plugins: mutation(import.meta.dirname),
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', '**/node_modules/**'],
        },
      },
    ],
    coverage: { include: ['packages/*/src/**', 'apps/*/src/**', 'sim/**'] },
  },
})
