import type { Attempt } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'
import { encode } from './payload.ts'
import { readText } from './sealed-jobs.ts'
import { leaseLost } from './settlement.ts'

/** Results of `context.once`: stored under the attempt's lease before the handler goes on, so that a retry finds them. */
export class Steps {
  readonly #commands: CommandRunner
  readonly #lost: (attempt: Attempt) => void
  readonly #limit: number

  constructor(commands: CommandRunner, lost: (attempt: Attempt) => void, limit: number) {
    this.#commands = commands
    this.#lost = lost
    this.#limit = limit
  }

  once<T>(attempt: Attempt, name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    attempt.steps ??= new Map()
    const begun = attempt.steps.get(name)
    if (begun !== undefined) return begun as Promise<T>
    const step = this.#run(attempt, name, fn)
    attempt.steps.set(name, step)
    // A step that fails may be tried again by the handler itself; and one nobody awaits must not take the process down.
    step.catch(() => attempt.steps!.delete(name))
    return step
  }

  async #run<T>(attempt: Attempt, name: string, fn: () => T | PromiseLike<T>): Promise<T> {
    const { id, epoch, extras } = attempt.job
    const known = extras.steps
    if (known !== undefined && Object.hasOwn(known, name)) return readText(known[name]!) as T
    const value = await fn()
    const result = encode(value, `the result of step ${name}`, this.#limit).text
    const { outcome } = await this.#commands.run('note', { id, epoch, step: { name, result } })
    if (outcome === 'noted') return value
    this.#lost(attempt)
    throw attempt.stop?.why ?? leaseLost(attempt, 'its lease was lost')
  }
}
