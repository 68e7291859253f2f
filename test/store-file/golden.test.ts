import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileStore, verifyStore } from '@millrace/store-file'
import { at } from './new-job.ts'
import { scratchDirectory } from './open-journal.ts'

const golden = join(import.meta.dirname, 'golden')

// R15: a store of every release stays here for ever. `git` keeps no modes, so each is opened as a copy.
test.for(readdirSync(golden))('a store written by release %s opens, whole', async (release) => {
  using scratch = scratchDirectory()
  const directory = join(scratch.path, 'store')
  mkdirSync(directory, { mode: 0o700 })
  cpSync(join(golden, release), directory, { recursive: true })
  expect(verifyStore(directory)).toMatchObject({ verdict: 'sound', warnings: [] })
  const store = await fileStore({ directory })
  const { jobs } = await store.run('listJobs', { limit: 100 }, at)
  await store.close()
  expect(jobs.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, index) => `golden-${index}`))
  expect(jobs[7]?.payload).toBe(JSON.stringify('long '.repeat(300)))
})
