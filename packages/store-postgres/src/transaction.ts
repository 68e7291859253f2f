import type { JobEvent, Moment } from '@millrace/core'
import { isLook, writesQueues, type AnyRun } from './command-run.ts'
import { failureKind } from './failure.ts'
import { foresee, isDirect, type Foresight } from './foresee.ts'
import { ownTransaction, type Frame } from './frame.ts'
import type { Link } from './link.ts'
import type { Loading } from './loads/load.ts'
import { isKeyed } from './loads/lock-keys.ts'
import { plan, takeLoads } from './loads/plan.ts'
import type { Read } from './read.ts'
import type { ServerClock } from './server-clock.ts'
import { Slice } from './slice.ts'
import type { Fields, Statement, Statements, Template } from './statement.ts'
import { jobsIn, numbered, runOn, withNumber, type Result } from './turn.ts'
import { notifyOthers, wakeUpOf, type WakeUp } from './wake-up.ts'
import { widen } from './widen.ts'
import { writeJobs } from './writes/write-jobs.ts'
import { checkRevisions, writeRows, writeTallies } from './writes/write-queues.ts'

/** What the transactions of one store share. */
export interface Context {
  readonly sql: Statements
  readonly clock: ServerClock
  /** False when the callers' clock counts, not the server's. */
  readonly serverTime: boolean
  readonly foresight: Foresight
  isListenedTo(): boolean
  /** Tells this process's workers inside the turn; answers the commands that join it. */
  join(wakeUp: WakeUp): Promise<readonly AnyRun[]>
  /** What became of the commands, told once it is durable. */
  tell(results: readonly Result[], events: readonly JobEvent[]): void
}

/** Thrown when a command turns out to need a lock on a key: those come before all others, so the transaction starts over with it. */
export class NeedsKeys extends Error {
  readonly reads: readonly Read[]

  constructor(reads: readonly Read[]) {
    super('a lock on a key must come first')
    this.reads = reads
  }
}

const clockAndNumber: Template = {
  name: 'time and transaction',
  text: 'SELECT floor(extract(epoch FROM now()) * 1000)::text, pg_current_xact_id_if_assigned()::text',
}
const clockAndNewNumber: Template = {
  name: 'time and new transaction',
  text: 'SELECT floor(extract(epoch FROM now()) * 1000)::text, pg_current_xact_id()::text',
}

/** Some commands on one slice: loaded, run, written, all of it or none. */
export class Transaction {
  readonly runs: AnyRun[]
  /** PostgreSQL's number of it, if it is known: what became of it can be asked by this when the answer was lost. */
  number: string | undefined
  /** True from the moment its commit was sent. */
  committing = false
  readonly #context: Context
  readonly #link: Pick<Link, 'fly'>
  readonly #frame: Frame
  readonly #slice: Slice
  readonly #careful: boolean
  readonly #reads: readonly Read[]
  readonly #results: Result[] = []
  readonly #revisions = new Map<string, number>()
  #numbers: ReadonlyMap<string, number> = new Map()
  #begun = false
  #now = 0

  /** A careful one takes nothing for granted: it looks for the ids of new jobs. */
  constructor(
    context: Context,
    link: Pick<Link, 'fly'>,
    frame: Frame,
    runs: readonly AnyRun[],
    reads: readonly Read[],
    careful: boolean,
  ) {
    this.#context = context
    this.#link = link
    this.#frame = frame
    this.runs = [...runs]
    this.#reads = reads
    this.#careful = careful
    this.#slice = new Slice(context.isListenedTo(), !careful)
  }

  async run(): Promise<void> {
    try {
      await this.#decide()
      await this.#write()
    } catch (error) {
      if (this.#begun && (error instanceof NeedsKeys || failureKind(error) !== 'lost'))
        // Should this fail too, the first failure says more.
        await this.#link.fly([this.#frame.rollback]).catch(() => {})
      throw error
    }
  }

  /** Its commit went through: everyone is told. Callable once more than `run` does, when the answer was lost and found. */
  finish(): void {
    const { cache, recall } = this.#context.foresight
    // What a user may still roll back is not learned.
    if (this.#frame === ownTransaction) cache.learn(this.#slice.loaded)
    cache.forget(this.#slice.changedQueues.entries().keys())
    const results = this.#results.map((result) => numbered(result, this.#numbers))
    for (const result of results) {
      if (result.run.name === 'claim') recall.remember(jobsIn(result), this.#slice.loaded.isPast)
      if (result.run.name === 'settle') for (const { id } of result.run.request.settlements) recall.forget(id)
    }
    const events = this.#slice.events.map((event) =>
      'job' in event ? { ...event, job: withNumber(event.job, this.#numbers) } : event,
    )
    this.#context.tell(results, events)
  }

  async #decide(): Promise<void> {
    const { foresight } = this.#context
    const direct = !this.#careful && this.#frame === ownTransaction && this.#reads.length === 0
    if (direct && this.runs.every((run) => isDirect(run, foresight))) this.#decideByCache()
    else await this.#load([...this.#reads, ...this.#foreseen(this.runs)])
    await this.#runAll(this.runs)
    if (!this.runs.every(isLook)) await this.#letJoin()
  }

  #foreseen(runs: readonly AnyRun[]): readonly Read[] {
    const { foresight } = this.#context
    return runs.flatMap((run) => [
      ...foresee(run, foresight),
      ...(this.#trusts(run) ? [] : newIds(run).map((id): Read => ({ kind: 'job', id }))),
    ])
  }

  /** Where an id that is new means an insert for certain, the insert finds out if it is. */
  #trusts(run: AnyRun): boolean {
    return !this.#careful && isDirect(run, this.#context.foresight)
  }

  /** One round trip is enough: what the cache says is checked by the write. */
  #decideByCache(): void {
    this.#now = this.#context.clock.now()
    for (const run of this.runs)
      if (run.name === 'enqueue') for (const { queue } of run.request.jobs) this.#believe(queue)
  }

  /** True for a queue without limits whose row was read before: what is decided by it is checked by the write. */
  #believes(read: Read): boolean {
    if (read.kind !== 'queue' || this.#careful || this.#frame !== ownTransaction) return false
    return this.#locks && !this.runs.some(writesQueues) && this.#believe(read.name)
  }

  #believe(name: string): boolean {
    if (this.#revisions.has(name)) return true
    const cached = this.#context.foresight.cache.get(name)
    if (cached === undefined) return false
    this.#revisions.set(name, cached.revision)
    this.#slice.loaded.queues.set(name, cached.queue)
    return true
  }

  async #runAll(runs: readonly AnyRun[]): Promise<void> {
    for (const run of runs)
      if (this.#trusts(run)) for (const id of newIds(run)) this.#slice.jobs.takeAbsent(id)
    for (const run of runs)
      this.#results.push(await runOn(this.#slice, run, this.#momentOf(run), (read) => this.#loadMore(read)))
  }

  #momentOf(run: AnyRun): Moment {
    return this.#context.serverTime ? { now: this.#now, seed: run.at.seed } : run.at
  }

  /** Whoever is woken by this turn may claim in it: a job can be accepted and leased in one write. */
  async #letJoin(): Promise<void> {
    for (;;) {
      const joining = await this.#context.join(wakeUpOf(this.#slice))
      if (joining.length === 0) return
      this.runs.push(...joining)
      await this.#load(this.#foreseen(joining))
      await this.#runAll(joining)
    }
  }

  async #loadMore(read: Read): Promise<void> {
    const reads = widen(read, this.#slice)
    if (this.#begun && this.#locks && isKeyed(read)) throw new NeedsKeys([...this.#reads, ...reads])
    await this.#load(reads)
  }

  get #locks(): boolean {
    return !this.runs.every(isLook)
  }

  async #load(reads: readonly Read[]): Promise<void> {
    const loading = this.#loading()
    const unknown = reads.filter((read) => !this.#believes(read))
    const { locks, loads } = plan(unknown, loading, this.runs.some(writesQueues))
    const begin = this.#begun || !this.#locks ? [] : [this.#frame.begin]
    this.#begun ||= this.#locks
    const statements = loads.flatMap((load) => load.statements)
    const before = performance.now()
    const results = await this.#link.fly([...begin, ...locks, ...statements, this.#clockStatement()])
    takeLoads(this.#slice, loads, results.slice(begin.length + locks.length, -1))
    this.#takeClock(results.at(-1)![0]!, before)
  }

  #loading(): Loading {
    const { sql, serverTime } = this.#context
    const now = serverTime ? null : Math.max(...this.runs.map(({ at }) => at.now))
    return { sql, lock: this.#locks, now, jobsAtHand: this.#slice.jobs.size }
  }

  #clockStatement(): Statement {
    const names = new Set(this.runs.map(({ name }) => name))
    // New jobs leased at once lock no row, and an answer lost must still be found.
    return this.#context.sql.of(
      names.has('claim') && names.has('enqueue') ? clockAndNewNumber : clockAndNumber,
    )
  }

  #takeClock([now, number]: Fields, before: number): void {
    this.#context.clock.learn(Number(now), before)
    this.#now = Math.max(this.#now, Number(now))
    if (number != null) this.number = number
  }

  async #write(): Promise<void> {
    const { sql } = this.#context
    const wants = this.#slice.events.length > 0 ? () => true : claimedIn(this.#results)
    const jobs = writeJobs(sql, this.#slice.jobs.changed(), wants)
    const checks = checkRevisions(sql, this.#revisions)
    const changes = [
      ...jobs.statements,
      ...writeRows(sql, this.#slice),
      ...writeTallies(sql, this.#slice.jobs.tallies),
    ]
    if (changes.length === 0) return this.#endUnchanged()
    const notices = notifyOthers(sql, this.#slice)
    this.committing = true
    const results = await this.#link.fly([
      ...checks,
      ...changes,
      ...notices,
      ...(this.#begun ? [this.#frame.commit] : []),
    ])
    if (jobs.numbersAt >= 0) {
      const rows = results[checks.length + jobs.numbersAt]!
      this.#numbers = new Map(rows.map(([id, seq]) => [id!, Number(seq)]))
    }
    this.finish()
  }

  /** Nothing to make durable; but whoever is answered may rely on it that its locks are gone. */
  async #endUnchanged(): Promise<void> {
    if (this.#begun) await this.#link.fly([this.#frame.commit])
    this.finish()
  }
}

function newIds(run: AnyRun): readonly string[] {
  return run.name === 'enqueue' ? run.request.jobs.map(({ id }) => id) : []
}

function claimedIn(results: readonly Result[]): (job: { readonly id: string }) => boolean {
  const claimed = new Set(results.flatMap(jobsIn).map(({ id }) => id))
  return ({ id }) => claimed.has(id)
}
