import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileStore, verifyStore } from '@millrace/store-file'
import { describe, expect, test } from 'vitest'
import { prepareDirectory } from '../../packages/store-file/src/prepare-directory.ts'
import { encodeStoreHeader } from '../../packages/store-file/src/store-header.ts'
import { openJournal, scratchDirectory } from './open-journal.ts'

const onPosix = test.runIf(process.platform !== 'win32')

/** Name and content of every file. */
function contents(path: string): Map<string, string> {
  const files = readdirSync(path).filter((name) => statSync(join(path, name)).isFile())
  return new Map(files.sort().map((name) => [name, readFileSync(join(path, name), 'latin1')]))
}

/** Root may write anywhere: it becomes somebody else meanwhile. */
function withoutRights(act: () => void): void {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid!(65_534)
  try {
    act()
  } finally {
    if (isRoot) process.seteuid!(0)
  }
}

async function storeWith(path: string, count: number): Promise<void> {
  const { journal, set } = await openJournal(path)
  for (let key = 1; key <= count; key++) await set(key)
  await journal.close()
}

test.for([
  undefined,
  {},
  { directory: '' },
  { directory: 5 },
  { directory: new URL('file:///tmp') },
  { durability: 'Disk' },
  { durability: 'toString' },
  { durability: null },
])('options that make no sense are refused: %o', async (wrong) => {
  using scratch = scratchDirectory()
  const options = wrong && 'durability' in wrong ? { directory: scratch.path, ...wrong } : wrong
  await expect(fileStore(options as never)).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
  expect(readdirSync(scratch.path)).toEqual([])
})

describe('a directory is refused', () => {
  const unusable = expect.objectContaining({ code: 'STORE_UNUSABLE', outcome: 'no' })

  test('when it is a file', () => {
    using scratch = scratchDirectory()
    const file = join(scratch.path, 'file')
    writeFileSync(file, '')
    expect(() => prepareDirectory(file, false)).toThrow(unusable)
    expect(() => prepareDirectory(join(file, 'below'), false)).toThrow(unusable)
  })

  onPosix('when it is a symbolic link', () => {
    using scratch = scratchDirectory()
    mkdirSync(join(scratch.path, 'there'))
    symlinkSync(join(scratch.path, 'there'), join(scratch.path, 'link'))
    expect(() => prepareDirectory(join(scratch.path, 'link'), false)).toThrow(unusable)
  })

  test.runIf(process.platform === 'linux').for(['/proc', '/proc/millrace/store'])(
    'when nothing can be made there: %s',
    async (directory) => {
      await expect(fileStore({ directory })).rejects.toEqual(unusable)
    },
  )

  onPosix('when this user may not write to it, or into it', () => {
    using scratch = scratchDirectory()
    const closed = join(scratch.path, 'closed')
    mkdirSync(closed, 0o500)
    withoutRights(() => {
      expect(() => prepareDirectory(closed, false)).toThrow(unusable)
      expect(() => prepareDirectory(join(closed, 'below', 'store'), false)).toThrow(unusable)
    })
  })

  test('when something else has the name of a file of the store', async () => {
    using scratch = scratchDirectory()
    mkdirSync(join(scratch.path, 'STORE'))
    await expect(fileStore({ directory: scratch.path })).rejects.toEqual(unusable)
    expect(() => verifyStore(scratch.path)).toThrow(unusable)
    expect(readdirSync(scratch.path)).toEqual(['STORE'])
  })

  onPosix('when others may write to it', () => {
    using scratch = scratchDirectory()
    chmodSync(scratch.path, 0o770)
    expect(() => prepareDirectory(scratch.path, false)).toThrow(unusable)
  })
})

describe('a store', () => {
  onPosix('is made for its owner alone, whatever the umask says', async () => {
    using scratch = scratchDirectory()
    const umask = process.umask(0)
    try {
      const path = prepareDirectory(join(scratch.path, 'a', 'store'), false)
      await storeWith(path, 3)
      expect(statSync(path).mode & 0o777).toBe(0o700)
      for (const name of readdirSync(path)) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
    } finally {
      process.umask(umask)
    }
  })

  test.for([
    ['a feature that must be understood to read', { compat: 0, roCompat: 0, incompat: 2 }],
    ['a feature that must be understood to write', { compat: 0, roCompat: 1, incompat: 0 }],
  ] as const)('of a newer version is left untouched: %s', async ([, features]) => {
    using scratch = scratchDirectory()
    await storeWith(scratch.path, 1)
    const store = join(scratch.path, 'STORE')
    writeFileSync(store, encodeStoreHeader(readFileSync(store).subarray(20, 36), features))
    const before = contents(scratch.path)
    await expect(openJournal(scratch.path)).rejects.toMatchObject({ code: 'STORE_VERSION' })
    expect(contents(scratch.path)).toEqual(before)
  })

  test('with a damaged change is refused by file, byte and changes, and left as it is', async () => {
    using scratch = scratchDirectory()
    await storeWith(scratch.path, 20)
    const log = join(scratch.path, 'log.0000000001')
    const bytes = readFileSync(log)
    bytes[200]! ^= 1
    writeFileSync(log, bytes)
    await expect(openJournal(scratch.path)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringMatching(/log\.0000000001 at byte \d+, changes \d+ to 20/),
    })
    expect(readFileSync(log)).toEqual(bytes)
    expect(readdirSync(scratch.path).filter((name) => name.startsWith('log.'))).toHaveLength(1)
  })

  test('with a log missing in the middle names the gap', async () => {
    using scratch = scratchDirectory()
    for (let life = 0; life < 3; life++) await storeWith(scratch.path, 2)
    rmSync(join(scratch.path, 'log.0000000002'))
    await expect(openJournal(scratch.path)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('it follows on log.0000000002, and that is missing'),
    })
  })

  test('with a log that ends before its successor says names what is missing', async () => {
    using scratch = scratchDirectory()
    const log = join(scratch.path, 'log.0000000001')
    const first = await openJournal(scratch.path)
    await first.set(1)
    const whole = readFileSync(log)
    await first.set(2)
    await first.journal.close()
    const lastFrame = readFileSync(log).findIndex((byte, at) => byte !== whole[at])
    await storeWith(scratch.path, 1)
    truncateSync(log, lastFrame)
    await expect(openJournal(scratch.path)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(`log.0000000001 at byte ${lastFrame}, changes 2 to 2`),
    })
  })

  test('with a damaged snapshot falls back on the one before and its logs', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    await first.set(1)
    await first.journal.compact()
    await first.set(2)
    await first.journal.compact()
    await first.journal.close()
    const newest = readdirSync(scratch.path).findLast((name) => name.startsWith('snap.'))!
    const bytes = readFileSync(join(scratch.path, newest))
    bytes[80]! ^= 1
    writeFileSync(join(scratch.path, newest), bytes)
    const warnings: string[] = []
    const second = await openJournal(scratch.path, { warn: (warning) => warnings.push(warning) })
    expect(second.keys()).toEqual([1, 2])
    expect(warnings).toEqual([`${newest} is damaged: passed over`])
    await second.journal.close()
  })

  test('whose directory is gone acknowledges nothing more', async () => {
    using scratch = scratchDirectory()
    const { journal, set } = await openJournal(scratch.path)
    await set(1)
    rmSync(scratch.path, { recursive: true })
    await expect(set(2)).rejects.toMatchObject({
      code: 'STORE_OWNED',
      outcome: 'unknown',
      message: expect.stringContaining('its directory is gone'),
    })
    await expect(set(3)).rejects.toMatchObject({ code: 'STORE_OWNED', outcome: 'no' })
    await journal.close()
  })

  onPosix('may lie deeper than a socket can', async () => {
    using scratch = scratchDirectory()
    const path = prepareDirectory(join(scratch.path, 'a'.repeat(120), 'b'.repeat(60)), false)
    const first = await openJournal(path)
    await expect(openJournal(path)).rejects.toMatchObject({ code: 'STORE_OWNED' })
    await first.journal.close()
    await storeWith(path, 1)
  })
})
