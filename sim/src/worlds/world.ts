import { isTerminal, type CommandName, type Job, type Moment, type Rows, type Store } from '@millrace/core'
import type { HandlerContext } from '@millrace/runtime'
import { tableStore } from '@millrace/table'
import { Stream } from '../kernel/stream.ts'
import { Audit, type Violation } from './audit.ts'
import type { Order } from './catalogue.ts'
import type { Sight } from './checkers/checker.ts'
import type { Mark } from './marks.ts'
import { Outside, type Run } from './outside.ts'
import { leaseMs, type WorldPlan } from './plan.ts'
import { Script } from './script.ts'
import { LogJournal, SharedLog, type Flush, type Flusher } from './shared-log.ts'
import { Timeline } from './timeline.ts'
import { WorldProcess } from './world-process.ts'

const beginning = Date.UTC(2026, 0, 1)
const patienceMs = 1_500

/** The real runtime and stores on one line of time, the faults that befall them, and everyone who watches. */
export class World implements Sight {
  readonly plan: WorldPlan
  readonly timeline = new Timeline()
  readonly log: SharedLog
  readonly outside = new Outside()
  readonly script: Script
  readonly processes: WorldProcess[] = []
  readonly marks = new Set<Mark>()
  readonly #audit: Audit
  readonly #network: Stream
  #server: Store | undefined
  #started = 0
  #orders = 0
  #messages = 0
  #storeNow = 0
  /** Faults that last: until when, by name and process. */
  readonly #until = new Map<string, number>()
  #feltUntil = 0
  #jumpMs = 0
  #furthestBackMs = 0
  #isHealed = false
  /** By process: slots of all its workers, of stopped ones too while their handlers may run. */
  readonly #everySlot = new Map<number, number>()
  nextFlush: Flush = 'done'

  constructor(plan: WorldPlan, isWatched = true) {
    this.plan = plan
    this.script = new Script(this)
    this.log = new SharedLog(() => this.#framed())
    this.log.mirror.listening = false
    this.#network = new Stream(plan.seed, 'network')
    this.#audit = new Audit(this, isWatched)
  }

  get now(): number {
    return this.timeline.now
  }

  get storeNow(): number {
    return this.#storeNow
  }

  get time(): number {
    return this.wall(0)
  }

  get live(): readonly number[] {
    return this.processes.filter(({ isUp }) => isUp).map(({ number }) => number)
  }

  slotsOf(process: number): number {
    return this.#everySlot.get(process) ?? 0
  }

  get backMs(): number {
    return this.#furthestBackMs
  }

  get rows(): Rows {
    return this.log.mirror.rows
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#audit.jobs
  }

  get isCalm(): boolean {
    return this.now > this.#feltUntil + leaseMs + patienceMs + this.#furthestBackMs
  }

  get hash(): string {
    return this.#audit.hash
  }

  get violations(): readonly Violation[] {
    return this.#audit.violations
  }

  mark(name: Mark): void {
    this.marks.add(name)
  }

  violated(what: string): void {
    this.#audit.violated(what)
  }

  wall(place: number): number {
    // Machines around a server do not agree on the time.
    const skewMs = this.plan.world === 'server' ? place * 700 : 0
    return beginning + Math.floor(this.now) + this.#jumpMs + skewMs
  }

  moment(at: Moment): Moment {
    const moment = this.plan.world === 'server' ? { ...at, now: this.wall(0) } : at
    this.#storeNow = Math.max(this.#storeNow, moment.now)
    return moment
  }

  latency(): number {
    const { latencyMs } = this.plan
    const slow = this.lasts('slowNetwork') ? 10 : 1
    return latencyMs === 0
      ? 0
      : Math.ceil(latencyMs * slow * (0.5 + this.#network.uniform(0, this.#messages++)))
  }

  deviceOf(process: WorldProcess): Flusher {
    return {
      flush: (answered) => {
        const how = this.nextFlush
        this.nextFlush = 'done'
        if (how === 'full') this.mark('the store was full')
        process.clock.later(this.lasts('slowDisk') ? 400 : 1, () => answered(how))
      },
    }
  }

  worked(process: WorldProcess, slots: number): void {
    this.#everySlot.set(process.number, slots + (this.#everySlot.get(process.number) ?? 0))
  }

  isCut(place: number): boolean {
    return this.lasts(`outage ${place}`)
  }

  wakes(place: number): 'pass' | 'lost' | number {
    if (this.lasts(`lostWakes ${place}`)) return 'lost'
    return this.lasts(`lateWakes ${place}`) ? 300 : 'pass'
  }

  get isBrownOut(): boolean {
    return this.lasts('brownOut')
  }

  get slowness(): number {
    return this.lasts('slowHandlers') ? 8 : 1
  }

  nextOrder(): number {
    return ++this.#orders
  }

  begin(order: Order, context: HandlerContext, process: WorldProcess): Run {
    const run = this.outside.begin(order, context, process.number, this.now)
    this.#audit.ask((checker) => checker.began?.(run))
    return run
  }

  effect(order: Order, context: HandlerContext): number {
    this.outside.effects.set(order.n, (this.outside.effects.get(order.n) ?? 0) + 1)
    const remembered = this.outside.remembered.get(context.id)
    if (remembered !== undefined && remembered < context.fencingToken) {
      const what = `job ${context.id} did its step again at epoch ${context.fencingToken}`
      this.#audit.violated(what, 'a remembered step is not done again')
    }
    return order.n
  }

  remember(_order: Order, context: HandlerContext): void {
    const before = this.outside.remembered.get(context.id)
    if (before === undefined) this.outside.remembered.set(context.id, context.fencingToken)
    else if (before < context.fencingToken) this.mark('a step was remembered over a crash')
  }

  answered(name: CommandName, request: unknown, reply: unknown): void {
    this.#audit.ask((checker) => checker.answered?.(name, request as never, reply as never))
  }

  async open(): Promise<void> {
    if (this.plan.world === 'server') {
      const device: Flusher = {
        flush: (answered) =>
          void this.timeline.at(this.now + (this.lasts('slowDisk') ? 400 : 0), () => answered('done')),
      }
      this.#server = await tableStore(new LogJournal(this.log, device, true))
    }
    for (let place = 0; place < this.plan.processes; place++) this.start(place)
  }

  start(place: number): void {
    const process = new WorldProcess(this, place, this.#started++)
    this.processes[place] = process
    void process.start(this.#server)
  }

  restartLater(place: number, afterMs: number): void {
    this.felt(afterMs + 1_000)
    this.timeline.at(this.now + afterMs, () => {
      if (this.processes[place]!.clock.isDead) this.start(place)
    })
  }

  crash(process: WorldProcess, restartMs: number): void {
    if (!process.isAlive) return
    process.kill()
    // One process that dies alone has its writes in the page cache of a machine that lives on.
    if (this.plan.world === 'single') this.log.keepTorn(1)
    this.restartLater(process.place, restartMs)
  }

  powerCut(keepShare: number, restartMs: number): void {
    for (const process of this.processes) process.kill()
    const kept = this.log.keepTorn(this.plan.world === 'single' ? keepShare : 0)
    this.mark(
      kept > 0 ? 'a frame survived a power cut unacknowledged' : 'a frame was torn off by a power cut',
    )
    for (const { place } of this.processes) this.restartLater(place, restartMs)
  }

  /** A fault that goes on for a while. */
  last(name: string, ms: number): void {
    if (this.#isHealed) return
    this.#until.set(name, this.now + ms)
    this.felt(ms)
  }

  lasts(name: string): boolean {
    return this.now < (this.#until.get(name) ?? 0)
  }

  /** What follows from a fault may be seen for so long. */
  felt(ms: number): void {
    this.#feltUntil = Math.max(this.#feltUntil, this.now + ms)
  }

  jump(ms: number): void {
    this.#jumpMs += ms
    this.#furthestBackMs += Math.max(0, -ms)
    this.felt(0)
  }

  heal(): void {
    this.#isHealed = true
    this.#until.clear()
    this.nextFlush = 'done'
    for (const process of this.processes) process.heal()
  }

  /** Jobs that have not ended. */
  get unfinished(): number {
    return [...this.jobs.values()].filter(({ state }) => !isTerminal(state)).length
  }

  /** A runtime was closed: nothing of it may be left behind. */
  closed(process: WorldProcess): void {
    if (process.clock.timers > 0)
      this.#audit.violated(`${process.clock.timers} timers are left`, 'what is closed leaves nothing behind')
    process.clock.die()
  }

  /** By now all must be. */
  allClosed(): void {
    for (const process of this.processes)
      if (process.isAlive)
        this.#audit.violated(`process ${process.number} does not close`, 'closing comes to an end')
  }

  look(): void {
    if (this.isCalm) this.#audit.ask((checker) => checker.calm?.())
  }

  end(): void {
    this.#audit.ask((checker) => checker.ended?.())
  }

  #framed(): void {
    this.#audit.framed(this.rows)
    if (this.plan.world === 'tabs') this.#hintOthers()
  }

  /** Tabs tell each other that they wrote. */
  #hintOthers(): void {
    const queues = new Set(this.rows.queueNames())
    const at = this.rows.nextAt()
    for (const process of this.processes)
      if (process.isAlive) process.clock.later(2, () => process.hint(queues, at))
  }
}
