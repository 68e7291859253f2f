import type { Supports } from '@millrace/core'
import { Bench } from './bench.ts'
import { same } from './check.ts'
import { exam } from './exam.ts'
import type { NewPlace } from './place.ts'
import type { Runner } from './runner.ts'

export interface StoreSpecOptions {
  /** How reports name the store. */
  readonly name: string
  /** What the store says it supports; a case of its own holds it to that. */
  readonly supports: Supports
  readonly place: NewPlace
  readonly test: Runner
}

/** Declares every case of the exam as a test of its own, each on a new place. */
export function storeSpec({ name, supports, place, test }: StoreSpecOptions): void {
  test.describe(`${name}: the exam`, () => {
    for (const group of exam)
      if (group.needs === undefined || supports[group.needs])
        test.describe(group.name, () => {
          for (const [sentence, body] of Object.entries(group.cases))
            test.it(sentence, () => sit(place, body))
        })
    test.it('supports what it says', () =>
      sit(place, async ({ store }) => {
        const { reopen, sharing, storedBodies } = store.supports
        same({ reopen, sharing, storedBodies }, { ...supports }, 'supports')
      }),
    )
  })
}

/** Runs one case on a new place, and leaves nothing behind. */
export async function sit(place: NewPlace, body: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await Bench.at(await place())
  try {
    await body(bench)
  } finally {
    await bench.putAway()
  }
}
