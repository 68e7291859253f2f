import { phase } from '../kernel/event-heap.ts'
import { Stream } from '../kernel/stream.ts'
import type { Worker } from './crew.ts'
import type { Floor } from './floor.ts'
import { event, type Stage } from './stage.ts'
import { microsOf, type Micros } from './virtual-time.ts'

/** One worker's looks into one queue, or into all of its own. */
interface Poller {
  readonly worker: Worker
  readonly queue: number | 'all'
  readonly every: Micros
}

/** Workers that are not woken, but look for jobs at intervals. */
export class Polls {
  readonly #stage: Stage
  readonly #floor: Floor
  readonly #chance: Stream
  readonly #pollers: Poller[] = []

  constructor(stage: Stage, floor: Floor) {
    this.#stage = stage
    this.#floor = floor
    this.#chance = new Stream(stage.scenario.seed, 'poll')
    for (const worker of stage.crew.workers) this.watch(worker)
  }

  /** The worker's first look comes at a random moment of its interval. */
  watch(worker: Worker): void {
    const { poll } = this.#stage.scenario.workers
    if (poll === 'none') return
    if (typeof poll === 'number') this.#start({ worker, queue: 'all', every: microsOf(poll) })
    else
      worker.team.queues.forEach((queue, index) =>
        this.#start({ worker, queue, every: microsOf(poll[worker.team.names[index]!]!) }),
      )
  }

  /** Subject: a poller. */
  poll(index: number): void {
    const { worker, queue, every } = this.#pollers[index]!
    if (queue === 'all') this.#floor.claim(worker)
    else this.#floor.poll(worker, queue)
    if (!worker.retired) this.#push(every, index)
  }

  #start(poller: Poller): void {
    const index = this.#pollers.push(poller) - 1
    this.#push(Math.floor(this.#chance.uniform(index, 0) * poller.every), index)
  }

  #push(after: Micros, index: number): void {
    this.#stage.heap.push(this.#stage.now + after, phase.dispatch, event.poll, index)
  }
}
