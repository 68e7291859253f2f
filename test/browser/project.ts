import { playwright } from '@vitest/browser-playwright'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { bundledWorkers } from './bundled-workers.ts'
import { chromiumFlags, findChromium } from './chromium.ts'

/** Tests that run in Chromium: `x.browser.test.ts` only there, `x.both.test.ts` in Node too. None where there is no Chromium. */
export function browserProjects(root: string): TestProjectInlineConfiguration[] {
  const executablePath = findChromium()
  if (executablePath === undefined) return []
  return [
    {
      plugins: [bundledWorkers(root)],
      // Known beforehand: a dependency that is met in mid-run reloads the page, and the tests with it.
      optimizeDeps: { include: ['fast-check'] },
      test: {
        name: 'chromium',
        include: ['test/**/*.{browser,both}.test.ts'],
        testTimeout: 30_000,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions: { executablePath, args: [...chromiumFlags] } }),
          instances: [{ browser: 'chromium' }],
        },
      },
    },
  ]
}
