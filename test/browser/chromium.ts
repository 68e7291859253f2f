import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** A machine without a display, a GPU or a sandbox for root, and a browser that talks to nobody. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The path of this machine's Chromium, or nothing. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const named = process.env.MILLRACE_CHROMIUM
  return [...(named === undefined ? [] : [named]), ...folders.flatMap(candidates)].find(isProgram)
}

/** Finds it, or installs Debian's where that is possible. Answers the reason if there is none. */
export function ensureChromium(): { readonly path: string } | { readonly missing: string } {
  const found = findChromium()
  if (found !== undefined) return { path: found }
  if (process.getuid?.() !== 0) return { missing: 'no chromium on the PATH, and only root can install it' }
  if (spawnSync('apt-get', ['--version']).error)
    return { missing: 'no chromium on the PATH, and no apt-get to install it' }
  try {
    install()
  } catch (error) {
    return { missing: `apt-get install chromium failed: ${String(error).split('\n')[0]}` }
  }
  const installed = findChromium()
  return installed === undefined ? { missing: 'apt-get installed no chromium' } : { path: installed }
}

function install(): void {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = (...options: string[]): void =>
    void execFileSync('apt-get', options, { env: environment, stdio: 'pipe', timeout: 180_000 })
  run('update', '-q')
  run('install', '-q', '-y', '--no-install-recommends', 'chromium')
}

function candidates(folder: string): readonly string[] {
  return names.map((name) => join(folder, name))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
