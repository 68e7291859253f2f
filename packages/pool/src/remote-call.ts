import { errorOf, type ErrorValue } from './error-value.ts'
import type { Remote } from './implementation.ts'
import type { FromWorker } from './protocol.ts'

/** Questions of handlers that wait for an answer from the other side. */
export class Questions {
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #last = 0

  ask(send: (question: number) => void): Promise<unknown> {
    const question = ++this.#last
    const answer = new Promise((resolve, reject) => this.#waiting.set(question, { resolve, reject }))
    send(question)
    return answer
  }

  answer(question: number, ok: boolean, value: unknown): void {
    const asker = this.#waiting.get(question)
    this.#waiting.delete(question)
    if (ok) asker?.resolve(value)
    else asker?.reject(errorOf(value as ErrorValue))
  }
}

/** A call that runs in this worker. */
export class RemoteCall implements Remote {
  onAbort: ((why: Error) => void) | undefined
  readonly #id: number
  readonly #post: (message: FromWorker) => void
  readonly #questions: Questions
  #controller: AbortController | undefined
  #stop: Error | undefined

  constructor(id: number, post: (message: FromWorker) => void, questions: Questions) {
    this.#id = id
    this.#post = post
    this.#questions = questions
  }

  get id(): number {
    return this.#id
  }

  /** Made when it is asked for: most handlers never do. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#stop !== undefined && !this.#controller.signal.aborted) this.#controller.abort(this.#stop)
    return this.#controller.signal
  }

  abort(why: ErrorValue): void {
    this.#stop = errorOf(why)
    this.#controller?.abort(this.#stop)
    this.onAbort?.(this.#stop)
  }

  tell(word: unknown): void {
    this.#post({ millrace: 'tell', call: this.#id, word })
  }

  ask(request: unknown): Promise<unknown> {
    return this.#questions.ask((question) =>
      this.#post({ millrace: 'ask', call: this.#id, question, request }),
    )
  }
}
