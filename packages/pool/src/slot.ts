import { transfer as comlinkTransfer, wrap } from 'comlink'
import type { Millis } from '@millrace/core'
import { Alarm, monotonic } from './alarm.ts'
import { answerOf } from './answer.ts'
import type { Call } from './call.ts'
import { sharedCells } from './cells.ts'
import { errorValue, type ErrorValue } from './error-value.ts'
import { crashed, failed, poolError } from './outcome.ts'
import type { Pace } from './pace.ts'
import {
  isOurs,
  isServed,
  isSound,
  type Served,
  type WireCall,
  type WireResult,
  type WorkerApi,
} from './protocol.ts'
import { transferablesOf } from './transfer.ts'
import { alone, unreadError } from './unread.ts'
import type { WorkerHost } from './worker-host.ts'
import { WorkerLine } from './worker-line.ts'

/** What becomes of a worker and its calls. */
export interface SlotOwner {
  ready(slot: Slot, served: readonly Served[]): void
  /** Calls of it ended: there is room. */
  advanced(slot: Slot): void
  /** `unharmed` were sent to it and never begun: they wait again. */
  died(slot: Slot, error: ErrorValue, unharmed: readonly Call[]): void
  /** It is long at one call; those behind it were taken back and wait again. */
  stalled(calls: readonly Call[]): void
}

export interface SlotSettings {
  readonly startTimeoutMs: Millis
  readonly graceMs: Millis
}

/** One worker of the pool, with one comlink wrap for its whole life, and the calls it has in hand. */
export class Slot {
  state: 'starting' | 'ready' | 'dead' = 'starting'
  /** Calls it ended. */
  ended = 0
  /** It is to be replaced once it is idle. */
  isTired = false
  idleSince: Millis = monotonic()
  /** Set when it is dead: resolves when nothing is left of it. */
  gone: Promise<void> = Promise.resolve()
  readonly #host: WorkerHost
  readonly #owner: SlotOwner
  readonly #settings: SlotSettings
  readonly #line: WorkerLine
  readonly #run: (calls: readonly WireCall[]) => Promise<void>
  readonly #alarm = new Alarm(() => this.#look())
  #wires: WireCall[] = []
  #outbox: Call[] = []
  #startBy: Millis
  /** Begun, and asked to stop. */
  #stopping: Call | undefined
  #killAt: Millis = Infinity
  #standstill = NaN

  constructor(host: WorkerHost, pace: Pace, owner: SlotOwner, settings: SlotSettings) {
    this.#host = host
    this.#owner = owner
    this.#settings = settings
    this.#line = new WorkerLine(pace, sharedCells())
    host.onDeath((error) => this.die(error))
    host.onUnread(() => this.#unreadHere())
    host.endpoint.addEventListener('message', (event) => this.#hear((event as MessageEvent).data))
    const remote = wrap<WorkerApi>(host.endpoint)
    this.#run = remote.run as (calls: readonly WireCall[]) => Promise<void>
    this.#startBy = monotonic() + settings.startTimeoutMs
    this.#alarm.set(this.#startBy)
    remote.greet({ cells: this.#line.memory, lock: host.lock }).then(
      (served) => this.#ready(served),
      (error: unknown) => this.die(errorValue(error)),
    )
  }

  get isIdle(): boolean {
    return this.#line.size === 0
  }

  get inHand(): number {
    return this.#line.size
  }

  get wasReady(): boolean {
    return this.#startBy === Infinity
  }

  hasRoom(call: Call): boolean {
    return this.state === 'ready' && !this.isTired && this.#killAt === Infinity && this.#line.hasRoom(call)
  }

  /** Puts a call in its line; `send` is to follow. */
  add(call: Call): void {
    call.onStop = this.#stop
    this.#outbox.push(call)
    this.#wires.push(this.#line.add(call, monotonic()))
  }

  /** Sends what was added; it shares one message. */
  send(): void {
    if (this.#outbox.length === 0) return
    this.#watch(monotonic())
    this.#post(this.#wires, this.#outbox)
    this.#wires = []
    this.#outbox = []
  }

  /** Everything in its hand is to end. */
  abortAll(why: ErrorValue): void {
    for (const call of this.#line.all()) call.abort(why)
  }

  hold(): void {
    this.#host.hold()
  }

  letGo(): void {
    this.#host.letGo()
  }

  memory(): Promise<number | undefined> {
    return this.#host.memory()
  }

  /** To be called now and then: a worker that stands still from one look to the next is dead. */
  checkStandstill(): void {
    const standstill = this.#line.standstill()
    if (standstill === this.#standstill)
      this.die(poolError('WORKER_CRASHED', 'the worker was sent a call and did nothing'))
    this.#standstill = standstill
  }

  /** Ends it; what it was at has crashed, what it had not begun is unharmed. */
  die(error: ErrorValue): void {
    if (this.state === 'dead') return
    this.state = 'dead'
    this.#alarm.cancel()
    const { running, unharmed } = this.#line.clear()
    for (const call of running)
      call.settle(call.stop === undefined ? crashed(error) : failed(call.stop, true))
    if (running.length === 0) unharmed[0]?.miss(error)
    this.gone = this.#host.terminate()
    this.#owner.died(this, error, unharmed)
  }

  /** Ends it without a death to report. */
  dismiss(): void {
    this.state = 'dead'
    this.#alarm.cancel()
    this.gone = this.#host.terminate()
  }

  #ready(served: unknown): void {
    if (this.state !== 'starting') return
    if (!isServed(served)) return this.#forged()
    this.state = 'ready'
    this.#startBy = Infinity
    this.#alarm.cancel()
    this.#host.watch()
    this.idleSince = monotonic()
    this.#owner.ready(this, served)
  }

  #post(wires: readonly WireCall[], calls: readonly Call[]): void {
    const transferables = calls.flatMap(({ payload }) => transferablesOf(payload))
    const batch = transferables.length > 0 ? comlinkTransfer([...wires], transferables) : wires
    this.#run(batch).catch((error: unknown) => this.#unsendable(wires, calls, error))
  }

  /** One payload that cannot travel must not hold up those that were to travel with it. */
  #unsendable(wires: readonly WireCall[], calls: readonly Call[], error: unknown): void {
    if (this.state !== 'ready') return
    if (calls.length > 1) {
      for (const [index, call] of calls.entries()) if (!call.settled) this.#post([wires[index]!], [call])
      return
    }
    const [call] = calls
    if (this.#line.remove(call!.id) === undefined) return
    call!.settle(failed(errorValue(error), false))
    this.#advance(monotonic())
  }

  #hear(data: unknown): void {
    if (!isOurs(data) || this.state === 'dead') return
    if (!isSound(data) || (this.state === 'starting' && data.millrace === 'results')) return this.#forged()
    switch (data.millrace) {
      case 'results':
        return this.#take(data.results)
      case 'tell':
        return this.#line.get(data.call)?.listener.tell?.(data.word)
      case 'ask':
        return void this.#answer(data.call, data.question, data.request)
      case 'dying':
        return this.die(data.error)
      case 'unread':
        return this.#unreadThere()
    }
  }

  #forged(): void {
    this.die(poolError('WORKER_CRASHED', 'the worker posted what only its serveJobs may post'))
  }

  #take(results: readonly WireResult[]): void {
    const now = monotonic()
    for (const result of results) {
      const call = this.#line.finish(result, now)
      if (call === undefined) continue
      this.ended++
      if (result.ok) call.settle({ ok: true, value: result.value })
      else call.settle(failed(call.stop ?? (result.value as ErrorValue), true))
    }
    if (this.#stopping?.settled === true) this.#killAt = Infinity
    this.#advance(now)
  }

  #advance(now: Millis): void {
    this.#line.beginHead(now)
    if (this.isIdle) this.#rest(now)
    else this.#watch(now)
    this.#owner.advanced(this)
  }

  /** A timer with nothing to watch would keep the process alive. */
  #rest(now: Millis): void {
    this.idleSince = now
    this.#alarm.cancel()
  }

  async #answer(id: number, question: number, request: unknown): Promise<void> {
    const reply = await answerOf(this.#line.get(id)?.listener, request)
    if (this.state === 'ready') this.#host.endpoint.postMessage({ millrace: 'answer', question, ...reply })
  }

  /** The worker could not read a message. Of several calls that may be to blame, each is to try it alone. */
  #unreadThere(): void {
    const suspects = this.#line.takeBackAll()
    if (suspects.length === 0) return this.die(unreadError('the worker'))
    if (suspects.length === 1)
      suspects[0]!.settle(failed(unreadError(`a worker of ${suspects[0]!.name}`), false))
    else this.#owner.stalled(alone(suspects))
    this.#advance(monotonic())
  }

  /** A message of the worker cannot be read. */
  #unreadHere(): void {
    const suspects = alone(this.#line.unheard())
    if (suspects.length !== 1) return this.die(unreadError('this thread'))
    const [suspect] = suspects
    this.#line.remove(suspect!.id)
    suspect!.settle(failed(unreadError(`the caller of ${suspect!.name}`), true))
    this.#advance(monotonic())
  }

  readonly #stop = (call: Call): void => {
    if (this.#line.takeBack(call)) {
      call.withdraw()
      return this.#advance(monotonic())
    }
    const { graceMs } = this.#settings
    this.#stopping = call
    this.#killAt = monotonic() + graceMs
    if (graceMs === 0) return this.#kill()
    this.#host.endpoint.postMessage({ millrace: 'abort', call: call.id, error: call.stop })
    this.#alarm.set(this.#killAt)
  }

  #kill(): void {
    this.die(poolError('WORKER_CRASHED', 'the worker was terminated: its handler did not heed the abort'))
  }

  /** Sees to it that `#look` is called when something is due. */
  #watch(now: Millis): void {
    this.#alarm.set(Math.min(this.#killAt, this.#line.nextLook(now)))
  }

  #look(): void {
    const now = monotonic()
    if (this.state === 'starting') return this.#lookAtStart(now)
    if (this.#killAt <= now) return this.#kill()
    const running = this.#line.running(now)
    if (running !== undefined && this.#line.isOverdue(running, now)) running.timeOut()
    if (this.state === 'dead') return
    const stalled = this.#line.takeBackStalled(now)
    if (stalled.length > 0) this.#owner.stalled(stalled)
    this.#watch(now)
  }

  #lookAtStart(now: Millis): void {
    if (this.#startBy > now) return this.#alarm.set(this.#startBy)
    const { startTimeoutMs } = this.#settings
    this.die(poolError('WORKER_NOT_STARTED', `the worker gave no sign of life within ${startTimeoutMs} ms`))
  }
}
