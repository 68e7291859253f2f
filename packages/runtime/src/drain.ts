import { MillraceError, type Millis, type QueueCount } from '@millrace/core'
import { closedError, type CommandRunner } from './command-runner.ts'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  readonly endWait: () => void
}

// Jobs may end in other processes, without a word to this one.
const lookEveryMs: Millis = 1_000

/** Waits until nothing unfinished is left in the store. */
export class Drain {
  readonly #commands: CommandRunner
  readonly #waiters = new Set<Waiter>()
  #cancelLook: (() => void) | undefined
  #looking = false
  #lookAgain = false

  constructor(commands: CommandRunner) {
    this.#commands = commands
  }

  wait(timeoutMs: Millis): Promise<void> {
    return new Promise((resolve, reject) => {
      const endWait =
        timeoutMs === Infinity
          ? () => {}
          : this.#commands.clock.setTimer(timeoutMs, () => void this.#giveUp(waiter, timeoutMs))
      const waiter: Waiter = { resolve, reject, endWait }
      this.#waiters.add(waiter)
      void this.#look()
    })
  }

  /** A worker has nothing to do. */
  quiet(): void {
    if (this.#waiters.size > 0) void this.#look()
  }

  close(): void {
    this.#end((waiter) => waiter.reject(closedError()))
  }

  async #look(): Promise<void> {
    this.#lookAgain = true
    if (this.#looking) return
    this.#looking = true
    try {
      while (this.#lookAgain && this.#waiters.size > 0) {
        this.#lookAgain = false
        const { queues } = await this.#commands.run('countJobs', {})
        if (queues.every((queue) => unfinished(queue) === 0)) this.#end((waiter) => waiter.resolve())
      }
    } catch (error) {
      this.#end((waiter) => waiter.reject(error))
    }
    this.#looking = false
    if (this.#waiters.size > 0) this.#cancelLook ??= this.#lookLater()
  }

  #lookLater(): () => void {
    return this.#commands.clock.setTimer(lookEveryMs, () => {
      this.#cancelLook = undefined
      void this.#look()
    })
  }

  async #giveUp(waiter: Waiter, timeoutMs: Millis): Promise<void> {
    if (!this.#waiters.delete(waiter)) return
    if (this.#waiters.size === 0) this.#stopLooking()
    try {
      const { queues } = await this.#commands.run('countJobs', {})
      waiter.reject(timeout(queues, timeoutMs))
    } catch (error) {
      waiter.reject(error)
    }
  }

  #end(how: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiters) {
      waiter.endWait()
      how(waiter)
    }
    this.#waiters.clear()
    this.#stopLooking()
  }

  #stopLooking(): void {
    this.#cancelLook?.()
    this.#cancelLook = undefined
  }
}

/** Jobs of the queue that have not ended. */
export function unfinished({ scheduled, blocked, enqueued, processing, retrying }: QueueCount): number {
  return scheduled + blocked + enqueued + processing + retrying
}

function timeout(queues: readonly QueueCount[], timeoutMs: Millis): MillraceError {
  const left = queues
    .filter((queue) => unfinished(queue) > 0)
    .map((queue) => `${queue.queue}: ${countsOf(queue)}${queue.paused ? ' (paused)' : ''}`)
  return new MillraceError(
    'DRAIN_TIMEOUT',
    `after ${timeoutMs} ms something unfinished is left: ${left.join('; ') || 'nothing any more'}; wait longer, or look at those`,
  )
}

/** Those, state by state, in words. */
export function countsOf(queue: QueueCount): string {
  const states = ['scheduled', 'blocked', 'enqueued', 'processing', 'retrying'] as const
  return states
    .filter((state) => queue[state] > 0)
    .map((state) => `${queue[state]} ${state}`)
    .join(', ')
}
