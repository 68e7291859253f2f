import type { CommandName, Store } from '@millrace/core'
import {
  createRuntime,
  seededEntropy,
  type HandlerContext,
  type Runtime,
  type Worker,
} from '@millrace/runtime'
import { tableStore } from '@millrace/table'
import { catalogue, queuesOf, weights, type Order, type Receipt } from './catalogue.ts'
import { Link, type Mishap } from './link.ts'
import { graceMs, leaseMs } from './plan.ts'
import { ProcessClock } from './process-clock.ts'
import { LogJournal } from './shared-log.ts'
import type { World } from './world.ts'

export type CrashPoint = 'beforeEffect' | 'duringEffect' | 'afterEffect'

/** One process of a world, from its start to its end: a runtime, its worker, and the way to the store. */
export class WorldProcess {
  readonly clock: ProcessClock
  readonly place: number
  /** Which process, of all that ever were. */
  readonly number: number
  readonly #world: World
  readonly #mishaps: { readonly command: CommandName; readonly mishap: Mishap }[] = []
  #journal: LogJournal | undefined
  #link: Link | undefined
  crashAt: CrashPoint | undefined
  runtime: Runtime | undefined
  workers: Worker[] = []

  constructor(world: World, place: number, number: number) {
    this.#world = world
    this.place = place
    this.number = number
    this.clock = new ProcessClock(world.timeline, () => world.wall(place))
  }

  get isAlive(): boolean {
    return !this.clock.isDead
  }

  /** Alive, opened and not standing still. */
  get isUp(): boolean {
    return this.isAlive && this.runtime !== undefined && !this.clock.isPaused
  }

  async start(shared: Store | undefined): Promise<void> {
    const world = this.#world
    try {
      const store = this.#linkTo(shared ?? (await this.#openOwn()))
      const runtime = await createRuntime({
        store,
        queues: queuesOf(world.plan.overflow),
        clock: this.clock,
        entropy: seededEntropy(world.plan.seed * 1_000 + this.number),
      })
      this.runtime = runtime
      for (const definition of Object.values(catalogue))
        runtime.handle(definition, (order, context) => this.#perform(order, context))
      this.work()
    } catch {
      // The store did not answer: a supervisor tries again.
      this.kill()
      world.restartLater(this.place, 500)
    }
  }

  work(): void {
    const { concurrency, prefetch, pollMs } = this.#world.plan
    const options = { queues: weights, concurrency, prefetch, lease: leaseMs, grace: graceMs }
    this.#world.worked(this, concurrency)
    this.workers.push(this.runtime!.work(pollMs === 0 ? options : { ...options, pollInterval: pollMs }))
  }

  /** Nothing of it happens any more. What it sent is on its way. */
  kill(): void {
    this.clock.die()
    this.#journal?.abandon()
    this.runtime = undefined
  }

  befalls(command: CommandName, mishap: Mishap, times: number): void {
    for (let time = 0; time < times; time++) this.#mishaps.push({ command, mishap })
  }

  heal(): void {
    this.#mishaps.length = 0
    this.crashAt = undefined
  }

  hint(queues: ReadonlySet<string>, at: number): void {
    this.#link?.hint(queues, at)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.later(ms, resolve))
  }

  /** Never resolves if the process is to die here. */
  async reaches(point: CrashPoint): Promise<void> {
    if (this.crashAt !== point) return
    this.crashAt = undefined
    this.#world.crash(this, 1_000)
    await new Promise<never>(() => {})
  }

  async #openOwn(): Promise<Store> {
    const { log, plan } = this.#world
    if (log.length > 0) this.#world.mark('a process joined a log with frames')
    const device = this.#world.deviceOf(this)
    this.#journal = new LogJournal(log, device, plan.world === 'tabs')
    return await tableStore(this.#journal)
  }

  #linkTo(store: Store): Link {
    const world = this.#world
    const isRemote = world.plan.world === 'server'
    const link = new Link(
      store,
      {
        travel: (ms, act) => void world.timeline.at(world.timeline.now + ms, act),
        deliver: (act) => this.clock.later(0, act),
        latencyMs: () => world.latency(),
        mishap: (name) => this.#mishap(name),
        isCut: () => world.isCut(this.place),
        crash: () => world.crash(this, 1_000),
        moment: (at) => world.moment(at),
        answered: (name, request, reply) => world.answered(name, request, reply),
        wakes: () => world.wakes(this.place),
      },
      { sharing: plan(world) !== 'single', closes: !isRemote },
    )
    this.#link = link
    return link
  }

  #mishap(name: CommandName): Mishap | undefined {
    const index = this.#mishaps.findIndex(({ command }) => command === name)
    if (index < 0) return undefined
    const { mishap } = this.#mishaps.splice(index, 1)[0]!
    this.#world.felt(2_000 + ('ms' in mishap ? mishap.ms : 0))
    return mishap
  }

  async #perform(order: Order, context: HandlerContext): Promise<Receipt> {
    const run = this.#world.begin(order, context, this)
    context.signal.addEventListener('abort', () => (run.abortedAt = this.#world.timeline.now))
    try {
      return await this.#world.script.perform(order, context, this)
    } finally {
      run.endedAt = this.#world.timeline.now
    }
  }
}

function plan(world: World): 'single' | 'tabs' | 'server' {
  return world.plan.world
}
