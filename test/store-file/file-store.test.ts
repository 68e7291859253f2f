import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileStore, salvageStore, submitJobs, verifyStore } from '@millrace/store-file'
import type { Store } from '@millrace/core'
import { describe, expect, test } from 'vitest'
import { at, newJob } from './new-job.ts'
import { scratchDirectory } from './open-journal.ts'

const long = JSON.stringify('long '.repeat(1000))

async function enqueue(store: Store, ...ids: string[]): Promise<void> {
  await store.run('enqueue', { jobs: ids.map((id) => newJob(id)), atomic: true }, at)
}

async function idsIn(directory: string): Promise<string[]> {
  const store = await fileStore({ directory })
  const { jobs } = await store.run('listJobs', { limit: 100 }, at)
  await store.close()
  return jobs.map(({ id }) => id).sort()
}

describe('other processes enqueue', () => {
  test('through the owner, who answers', async () => {
    using scratch = scratchDirectory()
    const store = await fileStore({ directory: scratch.path })
    const { reply } = await submitJobs(scratch.path, { jobs: [newJob('a')], atomic: false }, at)
    expect(reply?.results).toEqual([{ outcome: 'enqueued', id: 'a' }])
    const { jobs } = await store.run('findJob', { id: 'a' }, at)
    expect(jobs).toHaveLength(1)
    await store.close()
  })

  test('through the inbox, while no owner is there', async () => {
    using scratch = scratchDirectory()
    expect(await submitJobs(scratch.path, { jobs: [newJob('a'), newJob('b')], atomic: false }, at)).toEqual(
      {},
    )
    await submitJobs(scratch.path, { jobs: [newJob('c')], atomic: false }, at)
    expect(await idsIn(scratch.path)).toEqual(['a', 'b', 'c'])
    expect(readdirSync(join(scratch.path, 'inbox'))).toEqual([])
  })

  test('the same job twice, once, when a crash left its file in the inbox', async () => {
    using scratch = scratchDirectory()
    await submitJobs(scratch.path, { jobs: [newJob('a')], atomic: false }, at)
    const inbox = join(scratch.path, 'inbox')
    const [name = ''] = readdirSync(inbox)
    const file = readFileSync(join(inbox, name))
    expect(await idsIn(scratch.path)).toEqual(['a'])
    writeFileSync(join(inbox, name), file)
    expect(await idsIn(scratch.path)).toEqual(['a'])
  })

  test('and what is no list of jobs is set aside', async () => {
    using scratch = scratchDirectory()
    await submitJobs(scratch.path, { jobs: [newJob('a')], atomic: false }, at)
    const inbox = join(scratch.path, 'inbox')
    const hostile = ['{"request":{"jobs":[{"id":"../x"}]},"at":{"now":1,"seed":1}}', 'no JSON', '[]']
    for (const [index, text] of hostile.entries()) {
      writeFileSync(join(inbox, `${String(index).repeat(32)}.json`), text)
    }
    expect(await idsIn(scratch.path)).toEqual(['a'])
    expect(readdirSync(inbox).every((name) => name.endsWith('.json.unreadable'))).toBe(true)
  })
})

test('what a damaged store still holds is saved into a new one', async () => {
  using scratch = scratchDirectory()
  const broken = join(scratch.path, 'broken')
  const store = await fileStore({ directory: broken })
  for (let index = 10; index < 40; index++) {
    await store.run('enqueue', { jobs: [newJob(`job-${index}`, long)], atomic: true }, at)
  }
  await store.close()
  const log = join(broken, 'log.0000000001')
  const bytes = readFileSync(log)
  bytes[bytes.indexOf('job-20')]! ^= 1
  writeFileSync(log, bytes)

  expect(verifyStore(broken)).toMatchObject({ verdict: 'damaged' })
  await expect(fileStore({ directory: broken })).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  const saved = join(scratch.path, 'saved')
  expect(await salvageStore(broken, saved)).toMatchObject({
    frames: 29,
    problems: [expect.stringContaining('log')],
  })
  expect(verifyStore(saved)).toMatchObject({ verdict: 'sound' })
  expect(await idsIn(saved)).toHaveLength(29)
  const opened = await fileStore({ directory: saved })
  const { jobs } = await opened.run('findJob', { id: 'job-21' }, at)
  expect(jobs[0]?.payload).toBe(long)
  await opened.close()
})

test('a salvage never writes into what is there already', async () => {
  using scratch = scratchDirectory()
  const store = await fileStore({ directory: scratch.path })
  await store.close()
  await expect(salvageStore(scratch.path, scratch.path)).rejects.toMatchObject({ code: 'STORE_UNUSABLE' })
})

describe('a process ends by itself', () => {
  const program = (last: string): string => `
    import { fileStore } from '@millrace/store-file'
    const store = await fileStore({ directory: process.argv[1] })
    ${last}`

  test.for([
    ['after a close', 'await store.close()'],
    ['with the store left open', ''],
  ] as const)('%s', ([, last]) => {
    using scratch = scratchDirectory()
    const argv = ['-C', '@millrace/source', '--input-type=module', '-e', program(last), scratch.path]
    const { status, stderr, signal } = spawnSync(process.execPath, argv, {
      timeout: 10_000,
      encoding: 'utf8',
    })
    expect({ status, stderr, signal }).toEqual({ status: 0, stderr: '', signal: null })
  })
})

test('the guarantee says what is in force', async () => {
  using scratch = scratchDirectory()
  for (const [durability, expected] of [
    ['disk', 'power'],
    ['os', 'process'],
  ] as const) {
    const store = await fileStore({ directory: scratch.path, durability })
    expect(store.guarantee.durability).toBe(expected)
    await enqueue(store, durability)
    await store.close()
  }
  expect(await idsIn(scratch.path)).toEqual(['disk', 'os'])
})
