import type { CaseGroup } from '../case-group.ts'
import { rejects, same } from '../check.ts'

export const closeCases: CaseGroup = {
  name: 'close',
  cases: {
    'is safe before anything was done, twice, and twice at once': async (bench) => {
      await Promise.all([bench.store.close(), bench.store.close()])
      await bench.store.close()
    },

    'settles what was called before': async (bench) => {
      const calls = [bench.acceptIds('a'), bench.claim(), bench.count()]
      await bench.store.close()
      await Promise.all(calls)
    },

    'refuses what is called after': async (bench) => {
      await bench.acceptIds('a')
      const closing = bench.store.close()
      const error = await rejects(bench.acceptIds('b'), 'CLOSED', 'a run while it closes')
      same(error.outcome, 'no', 'the outcome')
      await closing
      await rejects(bench.claim(), 'CLOSED', 'a claim after it')
      await rejects(bench.count(), 'CLOSED', 'a read after it')
    },

    'tells listeners nothing more': async (bench) => {
      let told = 0
      bench.store.subscribe({ events: () => void told++, wake: () => void told++ })
      await bench.store.close()
      await rejects(bench.acceptIds('a'), 'CLOSED', 'a run after it')
      same(told, 0, 'the times a listener was called')
    },

    'says what it guarantees': async ({ store }) => {
      const { durability, promise } = store.guarantee
      same(
        ['none', 'process', 'power'].includes(durability),
        true,
        `durability ${durability} is one of three`,
      )
      same(promise.length > 10, true, 'the promise is a sentence')
    },
  },
}
