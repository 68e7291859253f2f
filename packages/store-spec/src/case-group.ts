import type { Supports } from '@millrace/core'
import type { Bench } from './bench.ts'

/** Cases about one thing, by their names: each is a sentence, and throws when the store makes it untrue. */
export interface CaseGroup {
  readonly name: string
  /** Left out for stores that cannot do this by their nature. */
  readonly needs?: keyof Supports
  readonly cases: Readonly<Record<string, (bench: Bench) => Promise<void>>>
}
