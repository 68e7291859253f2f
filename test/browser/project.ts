import { playwright } from '@vitest/browser-playwright'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { mutation } from '../mutants/plugin.ts'
import { bundledWorkers } from './bundled-workers.ts'
import { chromiumFlags, findChromium } from './chromium.ts'
import { temporaryProfile } from './profile.ts'

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Tests that run in Chromium: `x.browser.test.ts` only there, `x.both.test.ts` in Node too. None where there is no Chromium. */
export function browserProjects(root: string): TestProjectInlineConfiguration[] {
  const executablePath = findChromium()
  if (executablePath === undefined) return []
  return [
    pageProject(root, executablePath, 'chromium', 'test/**/*.{browser,both}.test.ts', {}),
    // Only there do pages share memory with their workers.
    pageProject(root, executablePath, 'isolated', 'test/pool/*.both.test.ts', isolation),
    indexedDbProject(root, executablePath, 'indexeddb', []),
    indexedDbProject(root, executablePath, 'indexeddb-sqlite', ['--enable-features=IdbSqliteBackingStore']),
  ]
}

function pageProject(
  root: string,
  executablePath: string,
  name: string,
  include: string,
  headers: Readonly<Record<string, string>>,
): TestProjectInlineConfiguration {
  return {
    plugins: [bundledWorkers(root)],
    server: { headers: { ...headers } },
    // Known beforehand: a dependency that is met in mid-run reloads the page, and the tests with it.
    optimizeDeps: { include: ['fast-check'] },
    test: {
      name,
      provide: { isolated: headers === isolation },
      include: [include],
      testTimeout: 30_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: [...chromiumFlags] } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}

/** `x.idb.test.ts`: on a real profile, because a private window keeps its databases in memory; one file at a time, since they share it. */
function indexedDbProject(
  root: string,
  executablePath: string,
  name: string,
  flags: readonly string[],
): TestProjectInlineConfiguration {
  return {
    plugins: mutation(root),
    optimizeDeps: { include: ['fast-check', 'idb'] },
    test: {
      name,
      include: ['test/**/*.idb.test.ts'],
      testTimeout: 30_000,
      fileParallelism: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          persistentContext: temporaryProfile(name),
          launchOptions: { executablePath, args: [...chromiumFlags, ...flags] },
        }),
        instances: [{ browser: 'chromium' }],
      },
    },
  }
}
