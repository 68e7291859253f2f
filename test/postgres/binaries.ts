import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const debianFolder = '/usr/lib/postgresql'
const serverPackage = 'postgresql'

/** The folder of PostgreSQL's programs, the newest installed; Debian's package is installed if there is none. */
export function findBinaries(): string | undefined {
  return installed() ?? (install() ? installed() : undefined)
}

function installed(): string | undefined {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : []
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((one) => join(debianFolder, one, 'bin'))
  const paths = (process.env.PATH ?? '').split(':')
  return [...folders, ...paths].find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  )
}

function install(): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    // Without this the package would start a server of its own.
    mkdirSync('/etc/postgresql-common', { recursive: true })
    writeFileSync('/etc/postgresql-common/createcluster.conf', 'create_main_cluster = false\n', {
      flag: 'wx',
    })
  } catch {
    // There is one already: it is somebody's choice.
  }
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const
  try {
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', serverPackage], options)
    return true
  } catch {
    return updateAndInstall(options)
  }
}

function updateAndInstall(options: { readonly stdio: 'ignore'; readonly env: NodeJS.ProcessEnv }): boolean {
  try {
    execFileSync('apt-get', ['update'], options)
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', serverPackage], options)
    return true
  } catch {
    return false
  }
}
