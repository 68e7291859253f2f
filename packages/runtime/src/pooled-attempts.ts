import { MillraceError, type CommandName, type Millis, type Settlement } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { AttemptPool, PooledFacts, PooledOutcome } from './attempt-pool.ts'
import type { CommandRunner } from './command-runner.ts'
import { unreadPayload } from './perform.ts'
import { crash, outcomeOf, release } from './settlement.ts'
import type { RemoteCommand } from './remote-store.ts'

export interface PooledWatch {
  /** Its handler runs from now on. */
  started(attempt: Attempt): void
  lost(attempt: Attempt): void
}

// A pool whose workers do not start is no fault of the job's; and no reason to ask all the time.
const notStartedDelayMs: Millis = 5_000

/** Attempts that run in a pool: given to it, watched for what their handlers ask, and judged by how they ended. */
export class PooledAttempts {
  readonly #pool: AttemptPool
  readonly #commands: CommandRunner
  readonly #payloadLimit: number
  readonly #watch: PooledWatch

  constructor(pool: AttemptPool, commands: CommandRunner, payloadLimit: number, watch: PooledWatch) {
    this.#pool = pool
    this.#commands = commands
    this.#payloadLimit = payloadLimit
    this.#watch = watch
  }

  /** Rejects if the attempt has no payload to begin with. */
  async perform(attempt: Attempt): Promise<Settlement> {
    if (typeof attempt.job.payload !== 'string') throw unreadPayload(attempt.job.payload)
    // Until its handler runs, its timeout does not.
    attempt.startedAt = Infinity
    const request = { job: factsOf(attempt), payloadLimit: this.#payloadLimit }
    const pooled = this.#pool.perform(attempt.job.name, request, {
      begun: () => this.#begun(attempt),
      ask: (command) => this.#ask(attempt, command as RemoteCommand),
    })
    attempt.onStop = (why) => pooled.abort(why)
    const outcome = await pooled.outcome
    if (attempt.startedAt === Infinity) attempt.startedAt = this.#commands.clock.monotonic()
    return settlementOf(attempt, outcome)
  }

  #begun(attempt: Attempt): void {
    attempt.startedAt = this.#commands.clock.monotonic()
    this.#watch.started(attempt)
  }

  async #ask(attempt: Attempt, { name, request }: RemoteCommand): Promise<unknown> {
    if (name === 'findJob') return await this.#parent(attempt, request.id)
    const { id, epoch } = name === 'note' ? request : request.by!
    // A handler writes in its own name only, and not after its end.
    if (attempt.ended || id !== attempt.job.id || epoch !== attempt.job.epoch)
      throw new MillraceError('LEASE_LOST', `job ${attempt.job.id}: attempt ${attempt.job.attempt} has ended`)
    try {
      const reply = await this.#commands.run(name as CommandName, request as never)
      if ((reply as { readonly outcome?: string }).outcome === 'lost') this.#watch.lost(attempt)
      return reply
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'LEASE_LOST') this.#watch.lost(attempt)
      throw error
    }
  }

  /** A handler may look at the jobs it came after, and at no others. */
  async #parent({ job }: Attempt, id: string): Promise<unknown> {
    const isParent = job.extras.parents?.some((parent) => parent.id === id) === true
    return isParent ? await this.#commands.run('findJob', { id }) : { jobs: [] }
  }
}

function factsOf({ job }: Attempt): PooledFacts {
  const { id, queue, name, version, payload, attempt, epoch, generation, runAt, extras } = job
  return { id, queue, name, version, payload, attempt, epoch, generation, runAt, extras }
}

function settlementOf(attempt: Attempt, outcome: PooledOutcome): Settlement {
  const { id, epoch } = attempt.job
  if (outcome.ok) return { ...(outcome.value as Settlement), id, epoch }
  if (attempt.stop !== undefined) return outcomeOf(attempt, attempt.stop.why)
  if (outcome.bucket === 'crash') return crash(attempt, outcome.error)
  if (outcome.begun) return outcomeOf(attempt, outcome.error)
  return outcome.error.code === 'CLOSED'
    ? release(attempt)
    : { id, epoch, outcome: 'snooze', delayMs: notStartedDelayMs }
}
