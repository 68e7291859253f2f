import type { Events } from './events.ts'
import type { Inspection } from './inspection.ts'
import type { JobView } from './job-view.ts'
import { checkOptions } from './options.ts'

/** Which endings are wanted; all, if nothing is said. */
export interface EndedFilter {
  readonly queue?: string
  readonly name?: string
}

const endings = ['completed', 'dead', 'cancelled', 'expired'] as const

/** Tells of jobs as they end, to any number of readers, each at its own pace. */
export class EndedJobs {
  readonly #events: Events
  readonly #inspection: Inspection
  readonly #readers = new Set<Reader>()

  constructor(events: Events, inspection: Inspection) {
    this.#events = events
    this.#inspection = inspection
  }

  read(filter: EndedFilter): AsyncIterableIterator<JobView> {
    checkOptions(filter, ['queue', 'name'], 'ended')
    const reader = new Reader(this.#inspection, () => {
      for (const end of ends) end()
      this.#readers.delete(reader)
    })
    const hear = ({ job }: { readonly job: JobView }): void => {
      if (job.queue === (filter.queue ?? job.queue) && job.name === (filter.name ?? job.name)) reader.add(job)
    }
    const ends = endings.map((type) => this.#events.on(type, hear))
    this.#readers.add(reader)
    return reader
  }

  close(): void {
    for (const reader of this.#readers) void reader.return()
  }
}

/** Keeps what ended until it is asked for. */
class Reader implements AsyncIterableIterator<JobView> {
  readonly #inspection: Inspection
  readonly #onEnd: () => void
  #ended: JobView[] = []
  #isOver = false
  #wake: () => void = () => {}

  constructor(inspection: Inspection, onEnd: () => void) {
    this.#inspection = inspection
    this.#onEnd = onEnd
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  add(job: JobView): void {
    this.#ended.push(job)
    this.#wake()
  }

  async next(): Promise<IteratorResult<JobView, undefined>> {
    while (this.#ended.length === 0 && !this.#isOver) {
      const earlier = this.#wake
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          earlier()
          resolve()
        }
      })
    }
    const job = this.#ended.shift()
    if (job === undefined) return { done: true, value: undefined }
    // An event does not bring along a result that lies elsewhere; one that is pruned by now is told as it was.
    return { done: false, value: (await this.#inspection.job(job.id).catch(() => undefined)) ?? job }
  }

  return(): Promise<IteratorResult<JobView, undefined>> {
    this.#isOver = true
    this.#ended = []
    this.#onEnd()
    this.#wake()
    return Promise.resolve({ done: true, value: undefined })
  }
}
