import { below, type Random } from './random.ts'

/** Of up to so many changes every subset is tried. */
const exhaustive = 7
const sampled = 48

/** What a power cut may leave behind of changes that were not flushed: every subset of a few, of many all beginnings and a sample. */
export function* subsets<T>(all: readonly T[], random: Random): Generator<readonly T[]> {
  if (all.length <= exhaustive) {
    for (let bits = 0; bits < 1 << all.length; bits++) yield all.filter((_, index) => bits & (1 << index))
    return
  }
  for (let count = 0; count <= all.length; count += 1 + (all.length >> 5)) yield all.slice(0, count)
  for (let drawn = 0; drawn < sampled; drawn++) {
    const chance = [0.1, 0.5, 0.9][below(random, 3)]!
    yield all.filter(() => random() < chance)
  }
}
