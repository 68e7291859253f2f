import type { Moment, Reply, Request } from '@millrace/core'
import { liveMachine, type Machine } from '@millrace/sim'
import type { TraceWriter } from './trace.ts'

/** How long a producer waits for room under `overflow: 'wait'`, in seconds. */
const producerPatience = 30

interface Seen {
  readonly number: number
  place: 'outside' | 'enqueued' | 'processing' | 'retrying'
  epoch: number
  since: number
  /** Of the backoff, in the core's milliseconds. */
  dueAt: number
}

/** The simulator's machine, with a witness: every reply of the core becomes a move in the trace. */
export class Recorder implements Machine {
  readonly #machine = liveMachine()
  readonly #trace: TraceWriter
  readonly #classOf: (name: string) => number
  readonly #seen = new Map<string, Seen>()
  readonly #retrying = new Set<Seen>()
  readonly #workers = new Map<string, number>()
  readonly #lingers: (time: number) => boolean
  #origin: number | undefined

  /** `lingers`: handlers that run out of time then go on, and keep their workers busy for nothing. */
  constructor(trace: TraceWriter, classOf: (name: string) => number, lingers: (time: number) => boolean) {
    this.#trace = trace
    this.#lingers = lingers
    this.#classOf = classOf
  }

  get rows(): Machine['rows'] {
    return this.#machine.rows
  }

  enqueue(request: Request<'enqueue'>, at: Moment): Reply<'enqueue'> {
    const reply = this.#machine.enqueue(request, at)
    const { id, name, queue } = request.jobs[0]!
    const time = this.#time(at)
    if (reply.results[0]!.outcome !== 'refused') this.#accepted(id, name, time)
    else if (this.#machine.rows.queue(queue)?.config.overflow === 'wait') this.#holdsOutside(id, name, time)
    else this.#trace.note(time, this.#trace.job(this.#classOf(name)), 'refused')
    return reply
  }

  claim(request: Request<'claim'>, at: Moment): Reply<'claim'> {
    const reply = this.#machine.claim(request, at)
    const time = this.#time(at)
    this.#noteReturns(at)
    for (const { id, epoch } of reply.jobs) {
      const seen = this.#seen.get(id)!
      seen.place = 'processing'
      seen.epoch = epoch
      this.#trace.note(time, seen.number, 'starts', { worker: this.#worker(request.owner) })
    }
    return reply
  }

  settle(request: Request<'settle'>, at: Moment): Reply<'settle'> {
    const reply = this.#machine.settle(request, at)
    const time = this.#time(at)
    request.settlements.forEach((settlement, index) => {
      const { id, outcome } = settlement
      const seen = this.#seen.get(id)
      if (reply.outcomes[index] === 'lost') return seen && this.#trace.note(time, seen.number, 'late')
      if (outcome === 'complete') return this.#leaves(id, time, 'completes')
      this.#afterFailure(id, time)
      if (this.#lingers(time) && outcome === 'fail' && settlement.error.name === 'TimeoutError')
        this.#trace.note(time, seen!.number, 'lingers')
    })
    return reply
  }

  run: Machine['run'] = (name, request, at) => {
    // A fork configures once more.
    if (name === 'configure') this.#origin ??= at.now
    const reply = this.#machine.run(name, request, at)
    if (name === 'reap') this.#noteReaped(this.#time(at))
    return reply
  }

  listen(): void {
    this.#machine.listen()
  }

  takeEvents(): ReturnType<Machine['takeEvents']> {
    const events = this.#machine.takeEvents()
    for (const event of events)
      if (event.type === 'shed') this.#leaves(event.job.id, this.#seconds(event.job.since), 'shed')
    return events
  }

  #accepted(id: string, name: string, time: number): void {
    const outside = this.#seen.get(id)
    const number = outside?.place === 'outside' ? outside.number : this.#trace.job(this.#classOf(name))
    this.#seen.set(id, { number, place: 'enqueued', epoch: 0, since: time, dueAt: 0 })
    this.#trace.note(time, number, 'arrives')
  }

  #holdsOutside(id: string, name: string, time: number): void {
    const known = this.#seen.get(id)
    if (known?.place === 'outside' && time < known.since + producerPatience) return
    if (known?.place === 'outside') this.#trace.note(known.since + producerPatience, known.number, 'refused')
    const number = this.#trace.job(this.#classOf(name))
    this.#seen.set(id, { number, place: 'outside', epoch: 0, since: time, dueAt: 0 })
    this.#trace.note(time, number, 'outside')
  }

  /** A claim has made jobs ready whose backoff is over. */
  #noteReturns(at: Moment): void {
    for (const seen of this.#retrying) {
      if (seen.dueAt > at.now) continue
      this.#retrying.delete(seen)
      seen.place = 'enqueued'
      this.#trace.note(this.#time(at), seen.number, 'returns')
    }
  }

  #noteReaped(time: number): void {
    for (const [id, seen] of this.#seen) {
      const job = this.rows.job(id)
      if (seen.place === 'processing' && (job?.state !== 'processing' || job.epoch !== seen.epoch))
        this.#afterFailure(id, time)
      else if (seen.place === 'enqueued' && job === undefined) this.#leaves(id, time, 'shed')
    }
  }

  #afterFailure(id: string, time: number): void {
    const row = this.rows.job(id)
    const seen = this.#seen.get(id)!
    if (row?.state !== 'retrying') return this.#leaves(id, time, 'dies')
    seen.place = 'retrying'
    seen.dueAt = row.runAt
    this.#retrying.add(seen)
    this.#trace.note(time, seen.number, 'retries', { until: this.#seconds(row.runAt) })
  }

  #leaves(id: string, time: number, move: 'completes' | 'dies' | 'shed'): void {
    this.#trace.note(time, this.#seen.get(id)!.number, move)
    this.#seen.delete(id)
  }

  #worker(owner: string): number {
    const known = this.#workers.get(owner)
    if (known !== undefined) return known
    this.#workers.set(owner, this.#workers.size)
    return this.#workers.size - 1
  }

  #time(at: Moment): number {
    return this.#seconds(at.now)
  }

  /** To the microsecond, as the kernel counts: a difference of fractions would miss it by a hair. */
  #seconds(millis: number): number {
    return Math.round((millis - (this.#origin ?? 0)) * 1_000) / 1e6
  }
}
