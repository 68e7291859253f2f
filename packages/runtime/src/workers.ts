import { Handlers } from './handlers.ts'
import { Worker, type StopOptions } from './worker.ts'
import { WorkerLoop, type WorkerParts } from './worker-loop.ts'
import type { WorkerSettings } from './worker-options.ts'

/** What one worker looks into, by weight, and for how many jobs at once. */
export interface Crew {
  readonly queues: Readonly<Record<string, number>>
  readonly concurrency: number
}

/** The workers of one runtime. */
export class Workers {
  readonly #parts: WorkerParts
  readonly #loops = new Map<Worker, WorkerLoop>()

  /** Called with each worker that starts. */
  onStart: (crew: Crew) => void = () => {}

  constructor(parts: WorkerParts) {
    this.#parts = parts
  }

  start(settings: WorkerSettings): Worker {
    const parts = settings.pool === undefined ? this.#parts : pooledParts(this.#parts)
    const { commands, handlers } = parts
    const owner = settings.owner ?? commands.entropy.id()
    const loop = new WorkerLoop(owner, parts, settings)
    const unlisten = handlers.onChange(() => loop.refresh())
    const letGo = settings.pool?.attach({
      serves: (jobs) => handlers.serve(jobs),
      trouble: (error) => parts.watch.trouble('start', error),
    })
    const worker = new Worker(owner, loop, commands.clock, () => {
      unlisten()
      this.#loops.delete(worker)
      return letGo?.()
    })
    this.#loops.set(worker, loop)
    loop.start()
    this.onStart(crewOf(loop))
    return worker
  }

  /** Those at work. */
  get crews(): readonly Crew[] {
    return [...this.#loops.values()].map(crewOf)
  }

  /** Handlers that run now. */
  get running(): number {
    return [...this.#loops.values()].reduce((sum, { slots }) => sum + slots.busy, 0)
  }

  /** Names of the jobs they have code for; undefined if there are no workers. */
  handled(): readonly string[] | undefined {
    const loops = [...this.#loops.values()]
    return loops.length === 0 ? undefined : loops.flatMap((loop) => loop.handled)
  }

  wake(queues: ReadonlySet<string>): void {
    for (const loop of this.#loops.values()) loop.wake(queues)
  }

  /** Time has passed: there may be more to claim. */
  look(): void {
    for (const loop of this.#loops.values()) loop.look()
  }

  /** Before anything is reaped, so that a runtime which overslept does not take its own jobs for those of a dead worker. */
  renewLate(): void {
    for (const { leases } of this.#loops.values()) if (leases.isLate()) leases.renew()
  }

  /** This runtime heard of a cancel first: no need to wait for the next renewal. */
  cancelled(id: string, reason: string): void {
    for (const loop of this.#loops.values()) loop.cancelled(id, reason)
  }

  async stop(options: StopOptions): Promise<void> {
    await Promise.all([...this.#loops.keys()].map((worker) => worker.stop(options)))
  }
}

/** The same, but for the code: that is in the pool's workers, and they say what they have. */
function pooledParts(parts: WorkerParts): WorkerParts {
  const handlers = new Handlers()
  const knownQueues = (): readonly string[] => [...new Set([...parts.knownQueues(), ...handlers.queues()])]
  return { ...parts, handlers, knownQueues }
}

function crewOf({ claims, slotCount }: WorkerLoop): Crew {
  return { queues: claims.weights, concurrency: slotCount }
}
