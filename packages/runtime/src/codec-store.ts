import {
  MillraceError,
  type CommandName,
  type Job,
  type JobEvent,
  type Moment,
  type Reply,
  type Request,
  type Schedule,
  type Settlement,
  type Store,
  type StoreListener,
} from '@millrace/core'
import type { Codec } from './aes-gcm-codec.ts'
import {
  hidden,
  isSealed,
  payloadPlace,
  placeOf,
  resultPlace,
  schedulePlace,
  SealedJobs,
  stepPlace,
} from './sealed-jobs.ts'

/**
 * A store that sees no payload, result or step in the clear. Names, keys, errors, logs and progress are not sealed,
 * and an idempotency key keeps a short hash of its payload beside it.
 */
export class CodecStore implements Store {
  readonly #inner: Store
  readonly #jobs: SealedJobs
  /** Commands take effect in the order in which they were asked for, however long sealing takes. */
  #turn: Promise<unknown> = Promise.resolve()

  readonly withClient?: NonNullable<Store['withClient']>

  constructor(inner: Store, codec: Codec) {
    this.#inner = inner
    this.#jobs = new SealedJobs(codec)
    if (inner.withClient !== undefined)
      this.withClient = (client) => new CodecStore(inner.withClient!(client), codec)
  }

  get guarantee(): Store['guarantee'] {
    return this.#inner.guarantee
  }

  get supports(): Store['supports'] {
    return this.#inner.supports
  }

  async run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    const sealed = this.#seal(name, request)
    // Wrapped, so that the next in line waits for this one to be sent and not for its answer.
    const sent = this.#turn.then(async () => {
      const ready = await sealed
      return { answer: this.#inner.run(name, ready, at) }
    })
    this.#turn = sent.catch(() => {})
    return await this.#open(await (await sent).answer)
  }

  subscribe(listener: StoreListener): () => void {
    if (listener.events === undefined) return this.#inner.subscribe(listener)
    return this.#inner.subscribe({
      ...listener,
      events: (news) => listener.events?.(news.map(hiddenEvent)),
    })
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#inner.close()
  }

  async #seal<N extends CommandName>(name: N, request: Request<N>): Promise<Request<N>> {
    return (await this.#sealed(name, request)) as Request<N>
  }

  async #sealed(name: CommandName, request: unknown): Promise<unknown> {
    if (name === 'enqueue') return await this.#sealJobs(request as Request<'enqueue'>)
    if (name === 'settle') return await this.#sealResults(request as Request<'settle'>)
    if (name === 'note') return await this.#sealStep(request as Request<'note'>)
    if (name === 'redrive') return await this.#sealPatch(request as Request<'redrive'>)
    if (name !== 'putSchedule') return request
    return { schedule: await this.#sealSchedule((request as Request<'putSchedule'>).schedule) }
  }

  async #sealJobs(request: Request<'enqueue'>): Promise<Request<'enqueue'>> {
    return { ...request, jobs: await Promise.all(request.jobs.map((job) => this.#jobs.sealNew(job))) }
  }

  async #sealResults(request: Request<'settle'>): Promise<Request<'settle'>> {
    const seal = async (settlement: Settlement): Promise<Settlement> =>
      settlement.outcome === 'complete' && typeof settlement.result === 'string'
        ? { ...settlement, result: await this.#jobs.seal(settlement.result, resultPlace(settlement.id)) }
        : settlement
    return { settlements: await Promise.all(request.settlements.map(seal)) }
  }

  async #sealStep(request: Request<'note'>): Promise<Request<'note'>> {
    const { id, step } = request
    if (typeof step?.result !== 'string') return request
    const result = await this.#jobs.seal(step.result, stepPlace(id, step.name))
    return { ...request, step: { ...step, result } }
  }

  async #sealPatch(request: Request<'redrive'>): Promise<Request<'redrive'>> {
    const { payload, ids } = request
    if (payload === undefined) return request
    if (ids?.length !== 1)
      throw new MillraceError(
        'NOT_SUPPORTED',
        'a sealed payload belongs to one job: with a codec, redrive with a payload takes the id of one',
        { outcome: 'no' },
      )
    return { ...request, payload: await this.#jobs.seal(payload, payloadPlace(ids[0]!)) }
  }

  /** The same schedule again must look the same to the store, though no text is sealed alike twice. */
  async #sealSchedule(schedule: Schedule): Promise<Schedule> {
    const { id, template } = schedule
    const place = template.extras.unique === undefined ? schedulePlace(id) : placeOf(template)
    const { schedules } = await this.#inner.run('listSchedules', {}, { now: 0, seed: 0 })
    const known = schedules.find((one) => one.id === id)?.template
    const isSame =
      known !== undefined &&
      isSealed(known.payload) &&
      (await this.#jobs.openText(known.payload, place)) === template.payload
    const sealed = isSame
      ? { ...template, payload: known.payload, bytes: known.bytes }
      : await this.#jobs.sealNew(template, place)
    return { ...schedule, template: sealed }
  }

  async #open<R extends object>(reply: R): Promise<R> {
    if (!('jobs' in reply)) return reply
    const jobs = await Promise.all((reply.jobs as readonly Job[]).map((job) => this.#jobs.open(job)))
    return { ...reply, jobs }
  }
}

function hiddenEvent(event: JobEvent): JobEvent {
  return 'job' in event ? { ...event, job: hidden(event.job) } : event
}
