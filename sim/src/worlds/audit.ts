import type { Job, Rows } from '@millrace/core'
import { RollingHash } from '../kernel/rolling-hash.ts'
import { textHash } from '../kernel/text-hash.ts'
import type { Change, Checker, Sight } from './checkers/checker.ts'
import { checkers } from './checkers/index.ts'

export interface Violation {
  readonly invariant: string
  readonly what: string
  readonly at: number
}

/** Everyone who watches a world: what each atomic change of the log did to which jobs, and whether it was right. */
export class Audit {
  readonly violations: Violation[] = []
  readonly #sight: Sight
  readonly #hash = new RollingHash()
  readonly #checkers: readonly (readonly [name: string, checker: Checker])[]
  #jobs: ReadonlyMap<string, Job> = new Map()
  #checking = ''

  constructor(sight: Sight, isWatched: boolean) {
    this.#sight = sight
    this.#checkers = (isWatched ? checkers : []).map(([name, make]) => [name, make(sight)] as const)
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#jobs
  }

  get hash(): string {
    return this.#hash.digest()
  }

  violated(what: string, invariant: string = this.#checking): void {
    this.violations.push({ invariant, what, at: this.#sight.now })
  }

  /** The log has one frame more. */
  framed(rows: Rows): void {
    const before = this.#jobs
    const after = new Map(rows.list({ limit: 100_000 }).map((job) => [job.id, job] as const))
    const changes = changesBetween(before, after)
    this.#jobs = after
    for (const { before: old, after: job } of changes)
      this.#hash.add(
        Math.round(this.#sight.now * 1_000),
        (job ?? old)!.epoch,
        textHash((job ?? old)!.id),
        textHash(job?.state ?? 'gone'),
      )
    if (changes.length > 0) this.ask((checker) => checker.changed?.(changes))
  }

  ask(question: (checker: Checker) => void): void {
    for (const [name, checker] of this.#checkers) {
      this.#checking = name
      question(checker)
    }
  }
}

function changesBetween(
  before: ReadonlyMap<string, Job>,
  after: ReadonlyMap<string, Job>,
): readonly Change[] {
  const changes: Change[] = []
  for (const [id, job] of after) {
    const old = before.get(id)
    if (old === undefined || hasChanged(old, job)) changes.push({ before: old, after: job })
  }
  for (const [id, job] of before) if (!after.has(id)) changes.push({ before: job, after: undefined })
  return changes
}

function hasChanged(old: Job, job: Job): boolean {
  return (
    old.state !== job.state ||
    old.epoch !== job.epoch ||
    old.attempt !== job.attempt ||
    old.extras !== job.extras ||
    old.runAt !== job.runAt ||
    old.leaseUntil !== job.leaseUntil ||
    old.payload !== job.payload ||
    old.rank !== job.rank ||
    old.generation !== job.generation
  )
}
