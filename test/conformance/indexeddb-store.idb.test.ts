import { storeModel, storeSpec } from '@millrace/store-spec'
import { describe, it } from 'vitest'
import { newPlace } from '../store-indexeddb/place.ts'

const supports = { reopen: true, sharing: true, storedBodies: true }

storeSpec({ name: 'indexedDbStore', supports, place: newPlace('strict'), test: { describe, it } })

for (const durability of ['strict', 'relaxed'] as const)
  storeModel({
    name: `indexedDbStore (${durability})`,
    supports,
    place: newPlace(durability),
    test: { describe, it },
    runs: 15,
    replay: (seed, path) => `seed ${seed}, path ${path}`,
  })
