import { refusal, type EnqueueReply, type EnqueueResult, type NewJob } from '@millrace/core'
import type { CommandRunner } from './command-runner.ts'
import type { JobId } from './job-id.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** What became of an enqueue that was not refused. */
export interface Enqueued<Result = unknown> {
  readonly id: JobId<Result>
  /** `enqueued` is a new job; all others met one that was there, and `id` is that one's. */
  readonly outcome: 'enqueued' | 'kept' | 'replaced' | 'debounced' | 'throttled' | 'latched'
}

type Answer = (result: Enqueued | PromiseLike<Enqueued>) => void

/** Enqueues of one tick, collected into one command; each has its own outcome. */
export class Batch {
  readonly #room: WaitingRoom
  readonly #jobs: NewJob[] = []
  readonly #answers: Answer[] = []

  constructor(room: WaitingRoom) {
    this.#room = room
  }

  get size(): number {
    return this.#jobs.length
  }

  add(job: NewJob): Promise<Enqueued> {
    this.#jobs.push(job)
    return new Promise(this.#promise)
  }

  send(commands: CommandRunner): void {
    commands.runNow('enqueue', { jobs: this.#jobs, atomic: false }).then(this.#accepted, this.#failed)
  }

  // One function for all: an executor of its own would cost every job a closure.
  readonly #promise = (answer: Answer): void => {
    this.#answers.push(answer)
  }

  readonly #accepted = ({ results }: EnqueueReply): void => {
    for (let index = 0; index < results.length; index++) {
      const result = results[index]!
      this.#answers[index]!(result.outcome === 'refused' ? this.#refused(result, this.#jobs[index]!) : result)
    }
  }

  readonly #failed = (error: unknown): void => {
    for (const answer of this.#answers) answer(Promise.reject(error))
  }

  async #refused(result: Extract<EnqueueResult, { outcome: 'refused' }>, job: NewJob): Promise<Enqueued> {
    if (!this.#room.admits(result, job)) throw refusal(result)
    return (await this.#room.enter([job], false))[0] as Enqueued
  }
}
