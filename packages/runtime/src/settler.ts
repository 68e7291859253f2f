import { MillraceError, type Job, type Millis, type Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'

/** What becomes of settlements. */
export interface SettlementListener {
  /** The store has answered. */
  settled(): void
  /** The lease was gone: the result is dropped. */
  lost(attempt: Attempt): void
  /** The store has not taken them; they are told again. */
  unsettled(error: unknown): void
}

interface Entry {
  readonly attempts: readonly Attempt[]
  readonly settlements: readonly Settlement[]
  /** It was sent before and the answer never came: it may be stored already. */
  readonly unsure: boolean
}

const firstRetryMs = 50
const lastRetryMs = 5_000

/** Tells the store how attempts ended: all that ended since the last time in one command, and again until the store has answered. */
export class Settler {
  readonly #commands: CommandRunner
  readonly #listener: SettlementListener
  #attempts: Attempt[] = []
  #settlements: Settlement[] = []
  #inFlight = 0
  /** Sent and not confirmed, waiting to be sent again. */
  #unsettled: Entry[] = []
  #retryMs: Millis = firstRetryMs
  #cancelRetry: (() => void) | undefined
  #idle: (() => void)[] = []

  constructor(commands: CommandRunner, listener: SettlementListener) {
    this.#commands = commands
    this.#listener = listener
  }

  /** True while the store does not take settlements: no time to claim more jobs. */
  get troubled(): boolean {
    return this.#unsettled.length > 0
  }

  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#settlements.length === 0 && this.#unsettled.length === 0
  }

  /** Attempts whose results the store has not confirmed. */
  get unsettled(): readonly Attempt[] {
    return this.#unsettled.flatMap(({ attempts }) => attempts)
  }

  add(attempt: Attempt, settlement: Settlement): void {
    this.#attempts.push(attempt)
    this.#settlements.push(settlement)
  }

  flush(): void {
    if (this.#settlements.length === 0) return
    const entry = { attempts: this.#attempts, settlements: this.#settlements, unsure: false }
    this.#attempts = []
    this.#settlements = []
    this.#send(entry)
  }

  /** Resolves when everything is settled or given up. */
  whenIdle(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }

  /** Answers how many results were given up: their jobs run again when their leases end. */
  close(): number {
    this.#cancelRetry?.()
    this.#cancelRetry = undefined
    const left = this.unsettled.length
    this.#unsettled = []
    return left
  }

  #send(entry: Entry): void {
    this.#inFlight++
    this.#commands.run('settle', { settlements: entry.settlements }).then(
      ({ outcomes }) => this.#answered(entry, outcomes),
      (error: unknown) => this.#failed(entry, error),
    )
  }

  #answered(entry: Entry, outcomes: readonly ('settled' | 'lost')[]): void {
    this.#retryMs = firstRetryMs
    for (let index = 0; index < outcomes.length; index++)
      if (outcomes[index] === 'lost') this.#refused(entry.attempts[index]!, entry.unsure)
    this.#done()
    this.#listener.settled()
  }

  /** A lost answer looks like a lost lease. The epoch tells them apart: nobody else has raised it. */
  #refused(attempt: Attempt, unsure: boolean): void {
    if (!unsure) {
      this.#listener.lost(attempt)
      return
    }
    this.#inFlight++
    this.#commands
      .run('findJob', { id: attempt.job.id })
      .then(
        ({ jobs: [job] }) => isOurs(job, attempt) || this.#listener.lost(attempt),
        (error: unknown) => this.#listener.unsettled(error),
      )
      .finally(() => this.#done())
      .catch(() => {})
  }

  #failed(entry: Entry, error: unknown): void {
    this.#listener.unsettled(error)
    if (this.#commands.closed) return this.#done()
    if (isOfTheStore(error)) this.#unsettled.push({ ...entry, unsure: true })
    // One settlement the core cannot take must not hold up the others.
    else if (entry.settlements.length > 1) for (const one of oneByOne(entry)) this.#send(one)
    this.#retryLater()
    this.#done()
  }

  #retryLater(): void {
    if (this.#unsettled.length === 0 || this.#cancelRetry !== undefined) return
    this.#cancelRetry = this.#commands.clock.setTimer(this.#retryMs, () => {
      this.#cancelRetry = undefined
      this.#retryMs = Math.min(lastRetryMs, this.#retryMs * 2)
      for (const entry of this.#unsettled.splice(0)) this.#send(entry)
    })
  }

  #done(): void {
    this.#inFlight--
    if (this.isIdle) for (const resolve of this.#idle.splice(0)) resolve()
  }
}

function isOurs(job: Job | undefined, { job: { epoch } }: Attempt): boolean {
  return job === undefined || (job.epoch === epoch && job.state !== 'processing')
}

function isOfTheStore(error: unknown): boolean {
  return error instanceof MillraceError && error.code.startsWith('STORE_')
}

function oneByOne({ attempts, settlements, unsure }: Entry): readonly Entry[] {
  return settlements.map((settlement, index) => ({
    attempts: [attempts[index]!],
    settlements: [settlement],
    unsure,
  }))
}
