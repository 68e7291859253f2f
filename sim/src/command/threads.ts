import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Outcome } from '../report/outcome.ts'
import type { RunAll } from '../report/replications.ts'
import type { Scenario } from '../scenario/scenario.ts'

export type ThreadReply =
  | { readonly progress: number }
  | { readonly outcome: Outcome }
  | { readonly error: unknown }

/** Threads that run scenarios side by side, kept from one question to the next. */
export class Threads {
  readonly #idle: Worker[] = []
  readonly #all: Worker[] = []
  readonly #most: number

  constructor(most: number = availableParallelism()) {
    this.#most = most
  }

  readonly runAll: RunAll = async (scenarios, onProgress) => {
    const outcomes: Outcome[] = []
    const progress = scenarios.map(() => 0)
    let next = 0
    const workOff = async (): Promise<void> => {
      while (next < scenarios.length) {
        const index = next++
        outcomes[index] = await this.#run(scenarios[index]!, (jobs) => {
          progress[index] = jobs
          onProgress?.(progress.reduce((sum, one) => sum + one, 0))
        })
      }
    }
    await Promise.all(Array.from({ length: Math.min(this.#most, scenarios.length) }, workOff))
    return outcomes
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()))
  }

  #run(scenario: Scenario, onProgress: (jobs: number) => void): Promise<Outcome> {
    const thread = this.#idle.pop() ?? this.#start()
    return new Promise((resolve, reject) => {
      const hear = (reply: ThreadReply): void => {
        if ('progress' in reply) return onProgress(reply.progress)
        thread.off('message', hear).off('error', reject)
        this.#idle.push(thread)
        if ('outcome' in reply) resolve(reply.outcome)
        else reject(reply.error as Error)
      }
      thread.on('message', hear).on('error', reject)
      thread.postMessage(scenario)
    })
  }

  #start(): Worker {
    const thread = new Worker(new URL('./thread.ts', import.meta.url))
    this.#all.push(thread)
    return thread
  }
}
