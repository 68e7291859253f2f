import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openJournal, scratchDirectory } from './open-journal.ts'

const long = 'a text that is long enough to stay in the log. '.repeat(3)

describe('the file journal', () => {
  test('what was stored is there again after a close', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    for (let key = 1; key <= 100; key++) await first.set(key, key % 3 === 0 ? `${long}${key}` : `${key}`)
    await first.journal.close()

    const second = await openJournal(scratch.path)
    expect(second.keys()).toHaveLength(100)
    expect(await second.text(99)).toBe(`${long}99`)
    expect(await second.text(98)).toBe('98')
    await second.journal.close()
  })

  test('turns called together share a flush and keep their order', async () => {
    using scratch = scratchDirectory()
    const { journal, table, keys } = await openJournal(scratch.path)
    const order: number[] = []
    const turns = Array.from({ length: 50 }, (_, key) =>
      journal.turn((append) => {
        order.push(key)
        table.set(append, key, 'x')
      }, false),
    )
    await Promise.all(turns)
    expect(order).toEqual(keys())
    await journal.close()
  })

  test('a turn that throws leaves nothing, and the others stay', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    const fails = first.journal.turn((append) => {
      append((writer) => writer.u32(666))
      throw new Error('changed my mind')
    }, false)
    const works = first.set(7)
    await expect(fails).rejects.toThrow('changed my mind')
    await works
    await first.journal.close()
    const second = await openJournal(scratch.path)
    expect(second.keys()).toEqual([7])
    await second.journal.close()
  })

  test('a snapshot takes over long texts, while turns go on', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    for (let key = 1; key <= 30; key++) await first.set(key, `${long}${key}`)
    const compacted = first.journal.compact()
    for (let key = 20; key <= 40; key++) await first.set(key, `${long}again ${key}`)
    expect(await compacted).toBe(true)
    expect(await first.text(1)).toBe(`${long}1`)
    expect(await first.text(25)).toBe(`${long}again 25`)
    await first.journal.close()

    const second = await openJournal(scratch.path)
    expect(second.keys()).toHaveLength(40)
    expect(await second.text(1)).toBe(`${long}1`)
    expect(await second.text(25)).toBe(`${long}again 25`)
    await second.journal.close()
  })

  test('one older snapshot and its logs are kept, nothing more', async () => {
    using scratch = scratchDirectory()
    const { journal, set } = await openJournal(scratch.path)
    for (let round = 1; round <= 4; round++) {
      await set(round, long)
      expect(await journal.compact()).toBe(true)
    }
    const names = readdirSync(scratch.path)
    expect(names.filter((name) => name.startsWith('snap.'))).toHaveLength(2)
    expect(names.filter((name) => name.startsWith('log.'))).toHaveLength(2)
    await journal.close()
  })

  test('a tail without proof is copied into the next generation', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    await first.set(1, long)
    await first.set(2, long)
    // As after a crash: another owner comes, and this one never closed.
    await first.journal.close()
    const second = await openJournal(scratch.path)
    expect(second.keys()).toEqual([1, 2])
    expect(await second.text(2)).toBe(long)
    await second.journal.close()
  })

  test('after a close turns are refused', async () => {
    using scratch = scratchDirectory()
    const { journal, set } = await openJournal(scratch.path)
    await journal.close()
    await journal.close()
    await expect(set(1)).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('ownership', () => {
  test('a second store on the same directory is refused, also in one process', async () => {
    using scratch = scratchDirectory()
    const first = await openJournal(scratch.path)
    await expect(openJournal(scratch.path)).rejects.toMatchObject({ code: 'STORE_OWNED' })
    await first.set(1)
    await first.journal.close()
    const second = await openJournal(scratch.path)
    await second.journal.close()
  })
})
