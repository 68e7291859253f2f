import type { Job, MillraceError, Settlement } from '@millrace/core'
import { Attempt, type Lease } from './attempt.ts'
import type { PooledRequest, Remote } from './attempt-pool.ts'
import { WorkerServices } from './attempt-services.ts'
import { systemClock, type Clock } from './clock.ts'
import { CommandRunner } from './command-runner.ts'
import { HandlerContext, type AttemptServices } from './context.ts'
import type { Implementation, JobDefinition } from './define-job.ts'
import type { Enqueued } from './enqueue-batch.ts'
import type { ChildOptions } from './enqueue-options.ts'
import { systemEntropy, type Entropy } from './entropy.ts'
import { begin, encodeResult } from './perform.ts'
import { Producer } from './producer.ts'
import { remoteStore } from './remote-store.ts'
import { completion, outcomeOf } from './settlement.ts'
import { WaitingRoom } from './waiting-room.ts'

// Leases are kept and judged on the other side.
const keptElsewhere: Lease = { until: Infinity }

/** An implementation that a pool's worker can perform. */
export interface RemoteImplementation extends Implementation {
  /** Runs an attempt of a runtime in another thread, and answers how it is to be settled; never rejects. */
  readonly perform: (request: PooledRequest, remote: Remote) => Promise<Settlement>
}

/** Makes what `definition.implement` answers fit for a thread that has neither store nor worker, only a way back to them. */
export function remoteImplementation(implementation: Implementation): RemoteImplementation {
  const performance = new RemotePerformance(implementation)
  return { ...implementation, perform: (request, remote) => performance.perform(request, remote) }
}

class RemotePerformance {
  readonly #implementation: Implementation
  #clock: Clock | undefined
  #entropy: Entropy | undefined

  constructor(implementation: Implementation) {
    this.#implementation = implementation
  }

  async perform({ job, payloadLimit }: PooledRequest, remote: Remote): Promise<Settlement> {
    const attempt = new Attempt(job as Job, keptElsewhere)
    remote.onAbort = (why) => abort(attempt, why as MillraceError)
    this.#clock ??= systemClock()
    this.#entropy ??= systemEntropy()
    const services = new RemoteServices(remote, this.#clock, this.#entropy, payloadLimit)
    try {
      const value = await begin(this.#implementation, attempt, new HandlerContext(attempt, services))
      return completion(attempt, encodeResult(job.name, value, payloadLimit))
    } catch (error) {
      return outcomeOf(attempt, error)
    } finally {
      attempt.ended = true
      services.close(attempt)
    }
  }
}

function abort(attempt: Attempt, why: MillraceError): void {
  attempt.stop = { why, graceUntil: Infinity }
  attempt.controller?.abort(why)
}

/** The worker's own services over the way back; most handlers never ask for them, so they are made then. */
class RemoteServices implements AttemptServices {
  readonly #make: () => WorkerServices
  #made: WorkerServices | undefined

  constructor(remote: Remote, clock: Clock, entropy: Entropy, payloadLimit: number) {
    this.#make = () => {
      const commands = new CommandRunner(remoteStore(remote), clock, entropy)
      const producer = new Producer(commands, new WaitingRoom(commands, new Map()), payloadLimit)
      const nothing = (): void => {}
      return new WorkerServices(commands, producer, payloadLimit, nothing, nothing)
    }
  }

  get #services(): WorkerServices {
    this.#made ??= this.#make()
    return this.#made
  }

  signal(attempt: Attempt): AbortSignal {
    return this.#services.signal(attempt)
  }

  note(attempt: Attempt, progress: number | undefined, line: string | undefined): void {
    this.#services.note(attempt, progress, line)
  }

  once<T>(attempt: Attempt, name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    return this.#services.once(attempt, name, fn)
  }

  enqueue<Payload, Result, Input>(
    attempt: Attempt,
    definition: JobDefinition<Payload, Result, Input>,
    payload: Input,
    options: ChildOptions | undefined,
  ): Promise<Enqueued<Result>> {
    return this.#services.enqueue(attempt, definition, payload, options)
  }

  parentResults(attempt: Attempt): Promise<Readonly<Record<string, unknown>>> {
    return this.#services.parentResults(attempt)
  }

  /** What it still had to say goes before its settlement. */
  close(attempt: Attempt): void {
    this.#made?.notes.write(attempt)
    this.#made?.notes.close()
  }
}
