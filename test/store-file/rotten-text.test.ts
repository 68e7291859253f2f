import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UnreadableBody, type Store } from '@millrace/core'
import { createRuntime, defineJob } from '@millrace/runtime'
import { fileStore } from '@millrace/store-file'
import { Table } from '@millrace/table'
import { expect, test } from 'vitest'
import { at, newJob } from './new-job.ts'
import { openJournalOf, scratchDirectory } from './open-journal.ts'

const long = JSON.stringify('long '.repeat(1000))
const whole = 'whole '.repeat(3000)

/** Turns one bit of the text that holds `whole`, wherever it stands. */
function rot(path: string): void {
  for (const name of readdirSync(path).filter((one) => /^(log|snap)/.test(one))) {
    const bytes = readFileSync(join(path, name))
    const found = bytes.indexOf('whole whole')
    if (found === -1) continue
    bytes[found + 6000]! ^= 4
    writeFileSync(join(path, name), bytes)
  }
}

async function compactOnce(path: string): Promise<void> {
  const journal = await openJournalOf(new Table(), path)
  for (let round = 0; round < 3; round++) expect(await journal.compact()).toBe(true)
  await journal.close()
}

test.for(['in the log', 'in a log that was read again', 'in a snapshot'] as const)(
  'a text that rots %s is told by its job, and never taken for the text',
  async (where) => {
    using scratch = scratchDirectory()
    const jobs = ['a', 'b', 'c'].map((id) => newJob(id, id === 'b' ? JSON.stringify(whole) : long))
    let store: Store = await fileStore({ directory: scratch.path })
    await store.run('enqueue', { jobs, atomic: true }, at)
    if (where !== 'in the log') {
      await store.close()
      if (where === 'in a snapshot') await compactOnce(scratch.path)
      store = await fileStore({ directory: scratch.path })
    }
    const find = async (id: string) => (await store.run('findJob', { id }, at)).jobs[0]?.payload
    expect(await find('b')).toBe(JSON.stringify(whole))
    rot(scratch.path)
    const rotten = await find('b')
    expect(rotten).toBeInstanceOf(UnreadableBody)
    expect(rotten).toMatchObject({ error: { code: 'PAYLOAD_UNREADABLE', jobId: 'b' }, isLost: true })
    expect([await find('a'), await find('c')]).toEqual([long, long])
    await store.close()
  },
)

test('a job whose payload has rotted is a dead letter when it is claimed, and can be given another', async () => {
  using scratch = scratchDirectory()
  const read = defineJob<string, number>('read')
  await using runtime = await createRuntime({ store: fileStore({ directory: scratch.path }) })
  const [before, rotten, after] = await runtime.enqueueMany(read, [long, whole, long])
  rot(scratch.path)
  runtime.handle(read, (text) => text.length)
  runtime.work()
  expect([await runtime.result(before!.id), await runtime.result(after!.id)]).toEqual([
    long.length,
    long.length,
  ])
  await expect(runtime.result(rotten!.id)).rejects.toMatchObject({ code: 'JOB_DEAD' })
  const dead = (await runtime.deadLetters.list()).jobs[0]!
  expect(dead).toMatchObject({ id: rotten!.id, reason: 'invalidPayload', attempt: 1 })
  expect(dead.error).toMatchObject({ code: 'PAYLOAD_UNREADABLE' })
  expect(() => dead.payload).toThrow('a stored text is damaged')

  await runtime.deadLetters.redrive({ ids: [rotten!.id], payload: 'mended' })
  expect(await runtime.result(rotten!.id)).toBe('mended'.length)
})
