import { storeModel, storeSpec } from '@millrace/store-spec'
import { afterAll, describe, it } from 'vitest'
import { runs } from '../depth.ts'
import { skipReason, startServer } from '../postgres/server.ts'
import { replay, replayLine } from '../replay.ts'
import { placesOn } from './places.ts'

const server = await startServer(['fsync=off'])
const places = server === undefined ? undefined : await placesOn(server)

if (places === undefined) it.skip(skipReason)
else {
  const subject = {
    name: 'postgresStore',
    supports: { reopen: true, sharing: true, storedBodies: false },
    place: () => places.next(),
    test: { describe, it },
  }
  storeSpec(subject)
  storeModel({
    ...subject,
    ...replay,
    runs: runs(60),
    timeoutMs: 900_000,
    replay: replayLine('store-postgres/exam'),
  })
}

afterAll(async () => {
  await places?.close()
  await server?.stop()
}, 30_000)
