import type { Millis } from '@millrace/core'
import type { Call } from './call.ts'
import { cellCount, type Cells } from './cells.ts'
import type { Pace } from './pace.ts'
import type { WireCall, WireResult } from './protocol.ts'

// A worker's line may hold so much work ahead: enough to hide the way there and back, little enough that nobody waits for it.
const aheadMs: Millis = 3
const mostAhead = 128
// When the worker is so long at one call, those behind it go to others.
const stallMs: Millis = 5

/** The calls one worker has in hand, in the order in which it runs them. */
export class WorkerLine {
  readonly #pace: Pace
  readonly #cells: Cells | undefined
  readonly #calls = new Map<number, Call>()
  #nextId = 1
  /** Estimated time of all that is in line. */
  #work: Millis = 0
  #headSince: Millis = 0
  /** Taken back behind a slow one: nothing more is sent until that has ended. */
  #stalled = false

  constructor(pace: Pace, cells: Cells | undefined) {
    this.#pace = pace
    this.#cells = cells
  }

  get memory(): SharedArrayBuffer | undefined {
    return this.#cells?.memory
  }

  get size(): number {
    return this.#calls.size
  }

  all(): readonly Call[] {
    return [...this.#calls.values()]
  }

  get(id: number): Call | undefined {
    return this.#calls.get(id)
  }

  /** An idle worker takes anything; a busy one what is known to be short, if it can be taken back. */
  hasRoom({ name, travelsAlone }: Call): boolean {
    const { size } = this.#calls
    if (size === 0) return true
    if (travelsAlone || this.#head()!.travelsAlone) return false
    if (this.#cells === undefined || this.#stalled || size >= mostAhead) return false
    return this.#work + this.#pace.of(name) <= aheadMs && this.#nextId - this.#head()!.id < cellCount / 2
  }

  add(call: Call, now: Millis): WireCall {
    call.id = this.#nextId++
    this.#cells?.send(call.id)
    this.#calls.set(call.id, call)
    if (this.#calls.size === 1) this.beginHead(now)
    call.estimateMs = Math.min(aheadMs, this.#pace.of(call.name))
    this.#work += call.estimateMs
    return { id: call.id, name: call.name, payload: call.payload, attempt: call.isAttempt }
  }

  finish({ id, ms }: WireResult, now: Millis): Call | undefined {
    const call = this.remove(id)
    if (call === undefined) return undefined
    this.#pace.learn(call.name, ms)
    this.#stalled = false
    call.begin(now)
    return call
  }

  remove(id: number): Call | undefined {
    const call = this.#calls.get(id)
    if (call === undefined) return undefined
    this.#calls.delete(id)
    this.#work = this.#calls.size === 0 ? 0 : this.#work - call.estimateMs
    return call
  }

  /** True if the call had not begun, and never will here. */
  takeBack(call: Call): boolean {
    if (this.#cells?.takeBack(call.id) !== true) return false
    this.remove(call.id)
    return true
  }

  /** The head of the line is being run from now on. */
  beginHead(now: Millis): void {
    const head = this.#head()
    if (head === undefined) return
    this.#headSince = now
    head.begin(now)
  }

  /** The call its worker is at, as far as can be known from here: results of those before it may still be on their way. */
  running(now: Millis): Call | undefined {
    const running = this.#marked() ?? this.#head()
    running?.begin(now)
    return running
  }

  /** Its timeout is over, and it is the handler that took the time, not the worker on its way to it. */
  isOverdue(call: Call, now: Millis): boolean {
    if (call.timeoutMs === 0 || call.stop !== undefined || call.begunAt + call.timeoutMs > now) return false
    if (this.#cells?.isRunning(call.id) ?? true) return true
    call.begunAt = now
    return false
  }

  /** When there may be something to do about this line. */
  nextLook(now: Millis): Millis {
    const running = this.running(now)
    if (running === undefined) return Infinity
    const { timeoutMs, stop, begunAt } = running
    const timeoutAt = timeoutMs > 0 && stop === undefined ? begunAt + timeoutMs : Infinity
    return this.#calls.size > 1 ? Math.min(timeoutAt, this.#headSince + stallMs) : timeoutAt
  }

  takeBackStalled(now: Millis): readonly Call[] {
    if (this.#calls.size < 2 || now - this.#headSince < stallMs) return []
    this.#stalled = true
    this.#headSince = now
    return this.takeBackAll()
  }

  /** Whatever has not begun. */
  takeBackAll(): readonly Call[] {
    const back = this.all().filter((call) => this.takeBack(call))
    for (const call of back) call.unbegin()
    return back
  }

  /**
   * What its worker has yet to begin, or to answer: the same at two looks, it does nothing at all. NaN, which is never the same,
   * while a handler runs or there is nothing to do.
   */
  standstill(): number {
    const head = this.#head()
    if (this.#cells === undefined || head === undefined || this.#marked() !== undefined) return NaN
    return this.#cells.hasEnded(head.id) ? -head.id : head.id
  }

  /** Calls that have ended, and whose results did not come yet. */
  unheard(): readonly Call[] {
    return this.all().filter(({ id }) => this.#cells?.hasEnded(id) === true)
  }

  /** The worker is dead: which calls it was at, and which it never touched or whose results died with it. */
  clear(): { readonly running: readonly Call[]; readonly unharmed: readonly Call[] } {
    const calls = this.all()
    this.#calls.clear()
    const isHit = ({ id, stop, movesPayload }: Call): boolean =>
      movesPayload || stop !== undefined || (this.#cells?.isRunning(id) ?? true)
    const unharmed = calls.filter((call) => !isHit(call))
    for (const call of unharmed) call.unbegin()
    return { running: calls.filter(isHit), unharmed }
  }

  #marked(): Call | undefined {
    if (this.#cells === undefined) return undefined
    for (const call of this.#calls.values()) if (this.#cells.isRunning(call.id)) return call
    return undefined
  }

  #head(): Call | undefined {
    return this.#calls.values().next().value
  }
}
