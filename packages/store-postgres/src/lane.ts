import { MillraceError } from '@millrace/core'
import { isLook, type AnyRun } from './command-run.ts'
import { asStoreError, failureKind } from './failure.ts'
import { ownTransaction } from './frame.ts'
import type { Connector } from './connector.ts'
import type { Read } from './read.ts'
import { NeedsKeys, Transaction, type Context } from './transaction.ts'

// Enough to fill a transaction, few enough that the first of them need not wait long for the last.
const mostRuns = 1_000
const mostJobs = 5_000
const mostTries = 25
// A command that found its lock taken for this long is given up.
const mostBusyTries = 15

/** A command in the lane, and how often a lock kept it from running. */
interface Waiting {
  readonly run: AnyRun
  busy: number
}

/**
 * Commands in the order in which they were called, on one connection: all that gathered while one transaction was on its way
 * share the next.
 */
export class Lane {
  readonly #context: Context
  readonly #connector: Connector
  #waiting: Waiting[] = []
  #work: Promise<void> | undefined

  constructor(context: Context, connector: Connector) {
    this.#context = context
    this.#connector = connector
  }

  push(run: AnyRun): void {
    this.#waiting.push({ run, busy: 0 })
    this.#work ??= this.#drain()
  }

  /** Claims at the head of the line may join the turn that woke their workers. */
  takeClaims(): readonly AnyRun[] {
    const end = this.#waiting.findIndex(({ run }) => run.name !== 'claim')
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end).map(({ run }) => run)
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#work !== undefined) await this.#work
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Callers that were just answered call again in this same phase of the event loop: they belong into this transaction.
      await new Promise(setImmediate)
      await this.#settle(this.#takeBatch())
    }
    this.#work = undefined
  }

  #takeBatch(): readonly Waiting[] {
    const look = this.#waiting.length > 0 && isLook(this.#waiting[0]!.run)
    let count = 0
    let jobs = 0
    for (const { run, busy } of this.#waiting) {
      if (count === mostRuns || isLook(run) !== look || jobs > mostJobs) break
      // One that found a lock taken goes alone, so that it keeps nobody else from running.
      if (busy > 0 && count > 0) break
      count++
      if (busy > 0) break
      if (run.name === 'enqueue') jobs += run.request.jobs.length
    }
    return this.#waiting.splice(0, count)
  }

  async #settle(batch: readonly Waiting[]): Promise<void> {
    let runs = batch.map(({ run }) => run)
    let reads: readonly Read[] = []
    let careful = false
    for (let tries = 1; runs.length > 0; tries++) {
      const transaction = await this.#begin(runs, reads, careful)
      if (transaction === undefined) return
      const ending = await this.#run(transaction)
      if (ending === 'done') return
      runs = transaction.runs
      if (ending instanceof NeedsKeys) reads = ending.reads
      else if (failureKind(ending) === 'busy') return this.#stepAside(runs, batch)
      else if (failureKind(ending) === 'refused' || tries > mostTries)
        return rejectAll(runs, asStoreError(ending, 'no'))
      else careful = true
    }
  }

  async #begin(
    runs: readonly AnyRun[],
    reads: readonly Read[],
    careful: boolean,
  ): Promise<Transaction | undefined> {
    try {
      const link = await this.#connector.link()
      return new Transaction(this.#context, link, ownTransaction, runs, reads, careful)
    } catch (error) {
      rejectAll(runs, asStoreError(error, 'no'))
      return undefined
    }
  }

  /** Runs it to its end, also when the connection breaks. Answers why it has to be tried again, if it has to. */
  async #run(transaction: Transaction): Promise<'done' | Error> {
    try {
      await transaction.run()
      return 'done'
    } catch (error) {
      if (error instanceof NeedsKeys || failureKind(error) !== 'lost') return asError(error)
      return this.#recover(transaction, asError(error))
    }
  }

  /** The connection is gone. If the commit had been sent, the server is asked what became of it. */
  async #recover(transaction: Transaction, error: Error): Promise<'done' | Error> {
    try {
      const fate = await this.#connector.replace(transaction.committing ? transaction.number : undefined)
      if (fate !== 'committed') return error
      transaction.finish()
    } catch (cause) {
      rejectAll(transaction.runs, asStoreError(cause, transaction.committing ? 'unknown' : 'no'))
    }
    return 'done'
  }

  /** Somebody holds a lock they need. They try again, one by one, after whatever came meanwhile. */
  #stepAside(runs: readonly AnyRun[], batch: readonly Waiting[]): void {
    const before = new Map(batch.map(({ run, busy }) => [run, busy]))
    for (const run of runs) {
      const busy = (before.get(run) ?? 0) + 1
      if (busy <= mostBusyTries) this.#waiting.push({ run, busy })
      else
        run.reject(
          new MillraceError(
            'STORE_FAILED',
            'another transaction holds what this command needs, and does not end; nothing was stored',
            { outcome: 'no' },
          ),
        )
    }
  }
}

function rejectAll(runs: readonly AnyRun[], error: MillraceError): void {
  for (const run of runs) run.reject(error)
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
