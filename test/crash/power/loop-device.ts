import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type FileSystemKind = 'ext4' | 'xfs'

const sizes: Readonly<Record<FileSystemKind, string>> = { ext4: '96M', xfs: '320M' }

/** A file system of its own in a file, to cut the power of. */
export class LoopDevice {
  readonly #kind: FileSystemKind
  readonly #folder: string
  readonly #device: string
  readonly mountPoint: string

  constructor(kind: FileSystemKind, size: string = sizes[kind]) {
    this.#kind = kind
    this.#folder = mkdtempSync(join(tmpdir(), 'millrace-power-'))
    this.mountPoint = join(this.#folder, 'mount')
    mkdirSync(this.mountPoint)
    const image = join(this.#folder, 'image')
    command('truncate', '-s', size, image)
    this.#device = command('losetup', '-f', '--show', image)
  }

  /** A fresh file system, mounted. */
  format(): void {
    command(`mkfs.${this.#kind}`, '-q', this.#kind === 'ext4' ? '-F' : '-f', this.#device)
    this.mount()
  }

  mount(): void {
    command('mount', this.#device, this.mountPoint)
  }

  unmount(): void {
    command('umount', this.mountPoint)
  }

  /** Waits for processes that die. */
  async unmountPatiently(): Promise<void> {
    for (let left = 100; ; left--) {
      try {
        return this.unmount()
      } catch (error) {
        if (left === 0) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  [Symbol.dispose](): void {
    spawnSync('umount', [this.mountPoint])
    spawnSync('losetup', ['-d', this.#device])
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export function isInstalled(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

/** Its output; throws with what it said when it fails. */
export function command(name: string, ...rest: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(name, rest, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} ${rest.join(' ')}: ${error?.message ?? stderr.trim()}`)
  return stdout.trim()
}
