import { isTerminal, MillraceError, type Job, type Millis } from '@millrace/core'
import { closedError, type CommandRunner } from './command-runner.ts'
import { readText } from './sealed-jobs.ts'

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  readonly endWait: () => void
}

// Another process's endings are not heard through every store; while somebody waits on a shared one, it is asked this often.
const askEveryMs: Millis = 1_000

/** Lets callers wait for the results of jobs, whoever runs them. */
export class Results {
  readonly #commands: CommandRunner
  readonly #waiters = new Map<string, Set<Waiter>>()
  #unsubscribe: (() => void) | undefined
  #cancelAsk: (() => void) | undefined

  constructor(commands: CommandRunner) {
    this.#commands = commands
  }

  async wait(id: string, timeoutMs: Millis): Promise<unknown> {
    // Listening comes before looking: what ends in between is heard.
    const ending = this.#listen(id, timeoutMs)
    ending.catch(() => {})
    await this.#look(id)
    return await ending
  }

  close(): void {
    for (const id of this.#waiters.keys()) this.#end(id, (waiter) => waiter.reject(closedError()))
  }

  #listen(id: string, timeoutMs: Millis): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const endWait =
        timeoutMs === Infinity
          ? () => {}
          : this.#commands.clock.setTimer(timeoutMs, () => this.#giveUp(id, waiter, timeoutMs))
      const waiter: Waiter = { resolve, reject, endWait }
      this.#waiters.set(id, (this.#waiters.get(id) ?? new Set()).add(waiter))
      this.#subscribe()
    })
  }

  async #look(id: string): Promise<void> {
    try {
      const [job] = (await this.#commands.run('findJob', { id })).jobs
      if (job === undefined) this.#end(id, (waiter) => waiter.reject(notFound(id)))
      else if (isTerminal(job.state)) this.#settle(job)
    } catch (error) {
      this.#end(id, (waiter) => waiter.reject(error))
    }
  }

  /** The event brings the job along, but not a result that the store keeps elsewhere. */
  #heard(job: Job): void {
    if (job.state === 'completed' && typeof job.extras.result === 'object') void this.#look(job.id)
    else this.#settle(job)
  }

  #settle(job: Job): void {
    this.#end(job.id, (waiter) => {
      try {
        if (job.state === 'completed') waiter.resolve(resultOf(job))
        else waiter.reject(endedOtherwise(job))
      } catch (error) {
        waiter.reject(error)
      }
    })
  }

  #giveUp(id: string, waiter: Waiter, timeoutMs: Millis): void {
    const message = `job ${id} has not ended within ${timeoutMs} ms; it goes on, so ask again or wait longer`
    waiter.reject(new MillraceError('RESULT_TIMEOUT', message, { jobId: id }))
    const waiters = this.#waiters.get(id)
    waiters?.delete(waiter)
    if (waiters?.size === 0) this.#waiters.delete(id)
    this.#subscribe()
  }

  #end(id: string, how: (waiter: Waiter) => void): void {
    const waiters = this.#waiters.get(id)
    if (waiters === undefined) return
    this.#waiters.delete(id)
    for (const waiter of waiters) {
      waiter.endWait()
      how(waiter)
    }
    this.#subscribe()
  }

  #subscribe(): void {
    if (this.#waiters.size === 0) {
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
      this.#cancelAsk?.()
      this.#cancelAsk = undefined
      return
    }
    this.#unsubscribe ??= this.#commands.store.subscribe({
      events: (events) => {
        for (const event of events)
          if ('job' in event && isTerminal(event.job.state) && this.#waiters.has(event.job.id))
            this.#heard(event.job)
      },
    })
    if (this.#commands.store.supports.sharing) this.#cancelAsk ??= this.#askLater()
  }

  #askLater(): () => void {
    return this.#commands.clock.setTimer(askEveryMs, () => {
      this.#cancelAsk = undefined
      for (const id of this.#waiters.keys()) void this.#look(id)
      this.#subscribe()
    })
  }
}

function resultOf(job: Job): unknown {
  const { result } = job.extras
  return result === undefined ? undefined : readText(result)
}

function notFound(id: string): MillraceError {
  return new MillraceError('JOB_NOT_FOUND', `no job has the id ${id}, or retention has removed it`, {
    jobId: id,
  })
}

function endedOtherwise({ id, state, extras }: Job): MillraceError {
  if (state === 'cancelled')
    return new MillraceError(
      'JOB_CANCELLED',
      `job ${id} was cancelled: ${extras.cancel?.reason ?? 'its flow ended'}`,
      {
        jobId: id,
      },
    )
  if (state === 'expired')
    return new MillraceError('JOB_EXPIRED', `job ${id} was not started before its deadline, or was shed`, {
      jobId: id,
    })
  const error = extras.errors?.at(-1)
  const why = error === undefined ? '' : `: ${error.name}: ${error.message}`
  return new MillraceError(
    'JOB_DEAD',
    `job ${id} is a dead letter (${extras.reason})${why}; redrive it when the cause is mended`,
    {
      jobId: id,
      ...(error !== undefined && { cause: error }),
    },
  )
}
