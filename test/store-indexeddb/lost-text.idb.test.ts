import { sampleJob } from '@millrace/store-spec'
import { openDB } from 'idb'
import { expect, it } from 'vitest'
import { claimIn, setup } from './place.ts'

it('a text that was deleted from the database is told by its job, and keeps nobody from the others', async () => {
  const { name, bench } = await setup()
  await bench.accept(sampleJob('long', { payload: JSON.stringify('p'.repeat(5_000)) }), sampleJob('short'))
  const database = await openDB(name)
  await database.clear('bodies')
  database.close()
  const [long, short] = await claimIn(bench.store, 2)
  expect(long!.payload).toMatchObject({ error: { code: 'PAYLOAD_UNREADABLE', jobId: 'long' }, isLost: true })
  expect(short!.payload).toBeTypeOf('string')
})
