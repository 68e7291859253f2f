import { isTerminal, noCounters, type Counters, type Job, type Queue } from '@millrace/core'
import { OrderedLine } from './ordered-line.ts'
import { Spot } from './spot.ts'

/** One id's row, with its places in the lines. Kept when the job is removed: the simulator gives its ids out again. */
export class LiveJob {
  job: Job | undefined
  home: Home | undefined
  readonly spot: Spot = new Spot(this)
  /** Its place among those with a deadline. */
  deadline: Spot | undefined
  /** Its place among those that may be shed. */
  shed: Spot | undefined
}

type EndedState = 'completed' | 'dead' | 'cancelled' | 'expired'

/** What the rows know of one queue. */
export class Home {
  readonly name: string
  queue: Queue | undefined
  /** In which order it sheds, if it does. */
  sheds: 'oldest' | 'lowest' | undefined
  readonly counters: { -readonly [Name in keyof Counters]: number } = { ...noCounters }
  /** By rank. */
  readonly ready: OrderedLine = new OrderedLine()
  /** By the time of the end. */
  readonly ended: Readonly<Record<EndedState, OrderedLine>> = {
    completed: new OrderedLine(),
    dead: new OrderedLine(),
    cancelled: new OrderedLine(),
    expired: new OrderedLine(),
  }
  /** Unstarted jobs in the order in which the queue sheds them, if it does. */
  readonly shed: OrderedLine = new OrderedLine()

  constructor(name: string) {
    this.name = name
  }

  /** One job more or less. Frequent states by their names: to find a property by a name that varies takes an engine far longer. */
  count({ state, bytes }: Job, change: 1 | -1): void {
    const { counters } = this
    if (!isTerminal(state)) counters.bytes += change * bytes
    if (state === 'enqueued') counters.enqueued += change
    else if (state === 'processing') counters.processing += change
    else if (state === 'completed') counters.completed += change
    else counters[state] += change
  }
}
