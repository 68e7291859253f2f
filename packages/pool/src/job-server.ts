import { CallContext } from './call-context.ts'
import { Cells } from './cells.ts'
import { errorValue } from './error-value.ts'
import type { Implementation } from './implementation.ts'
import { poolError } from './outcome.ts'
import type { Greeting, Served, ToWorker, WireCall, WorkerApi } from './protocol.ts'
import { Questions, RemoteCall } from './remote-call.ts'
import { ResultBox } from './result-box.ts'
import type { WorkerPort } from './worker-port.ts'

/** Runs the calls a pool sends: one after the other, so that a death is one call's and no other's. */
export class JobServer implements WorkerApi {
  readonly #port: WorkerPort
  readonly #implementations: ReadonlyMap<string, Implementation>
  readonly #box: ResultBox
  readonly #questions = new Questions()
  #cells: Cells | undefined
  #line: WireCall[] = []
  #current: RemoteCall | undefined
  #isWorking = false

  constructor(port: WorkerPort, implementations: ReadonlyMap<string, Implementation>) {
    this.#port = port
    this.#implementations = implementations
    this.#box = new ResultBox(port)
    port.onDying((cause) => this.#lastWords(cause))
  }

  async greet({ cells, lock }: Greeting): Promise<readonly Served[]> {
    if (cells !== undefined) this.#cells = new Cells(cells)
    if (lock !== undefined) await holdForLife(lock)
    return [...this.#implementations.values()].map(({ definition: { name, queue, version } }) => ({
      name,
      ...(queue !== undefined && { queue }),
      ...(version !== undefined && { version }),
    }))
  }

  run(calls: readonly WireCall[]): void {
    for (const call of calls) this.#line.push(call)
    if (!this.#isWorking) void this.#work()
  }

  hear(message: ToWorker): void {
    if (message.millrace === 'answer') this.#questions.answer(message.question, message.ok, message.value)
    else if (message.call === this.#current?.id) this.#current.abort(message.error)
  }

  /** The pool knows what it sent. */
  unread(): void {
    this.#port.postMessage({ millrace: 'unread' })
  }

  async #work(): Promise<void> {
    this.#isWorking = true
    while (this.#line.length > 0) {
      const calls = this.#line
      this.#line = []
      for (const call of calls) {
        if (this.#cells?.begin(call.id) === false) continue
        const running = this.#perform(call)
        if (running !== undefined) await running
        this.#cells?.end(call.id)
      }
      this.#box.post(performance.now())
    }
    this.#isWorking = false
  }

  /** Answers a promise only if the handler did: what is synchronous stays so. */
  #perform(call: WireCall): Promise<void> | undefined {
    const startedAt = performance.now()
    this.#box.beforeCall(startedAt)
    const end = (ok: boolean, value: unknown): void => {
      this.#current = undefined
      this.#box.add({ id: call.id, ms: performance.now() - startedAt, ok, value })
    }
    try {
      const value = this.#call(call)
      if (!isThenable(value)) {
        end(true, value)
        return undefined
      }
      this.#box.post(startedAt)
      return Promise.resolve(value).then(
        (late) => end(true, late),
        (error: unknown) => end(false, errorValue(error)),
      )
    } catch (error) {
      end(false, errorValue(error))
      return undefined
    }
  }

  #call({ id, name, payload, attempt }: WireCall): unknown {
    const implementation = this.#implementations.get(name)
    if (implementation === undefined || (attempt && implementation.perform === undefined))
      throw poolError('UNKNOWN_JOB', `the worker has no code for job ${name}`)
    this.#current = new RemoteCall(id, (message) => this.#port.postMessage(message), this.#questions)
    return attempt
      ? implementation.perform!(payload as never, this.#current)
      : implementation.handler(payload as never, new CallContext(this.#current) as never)
  }

  /** Results that are ready must not die with the worker. */
  #lastWords(cause: unknown): void {
    this.#box.post(performance.now())
    const error = errorValue(cause)
    this.#port.postMessage({
      millrace: 'dying',
      error: poolError('WORKER_CRASHED', `the worker died of ${error.name}: ${error.message}`, error),
    })
  }
}

/** Resolves when the lock is held; it is freed by this worker's death and by nothing else. */
function holdForLife(lock: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lock, () => {
        resolve()
        return new Promise<never>(() => {})
      })
      .catch(reject)
  })
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function'
}
