import {
  systemEntropy,
  type Clock,
  type Entropy,
  type Runtime,
  type StopOptions,
  type Worker,
  type WorkerOptions,
} from '@millrace/runtime'
import type { TabStore } from './join-tabs.ts'
import { LeftMarks } from './left-marks.ts'
import type { OnlineGate } from './online-gate.ts'
import { holdOwnerLock, livingOwners, type OwnerLock } from './owner-lock.ts'
import { OwnerWatch } from './owner-watch.ts'
import type { PageLife } from './page-life.ts'
import { RollCall } from './roll-call.ts'
import { TakeBack } from './take-back.ts'

interface TabParts {
  readonly runtime: Runtime
  readonly store: TabStore
  readonly name: string
  readonly clock: Clock
  readonly locks: LockManager | null
  readonly pageLife: PageLife
}

export interface TabWorkOptions extends Omit<WorkerOptions, 'owner' | 'limit'> {
  /** Keeps this work within what the network allows. */
  readonly gate?: OnlineGate
}

/** Work of this tab: a worker now, another one after the freezer. */
interface Work {
  readonly options: TabWorkOptions
  worker: Worker | undefined
  ungovern: (() => void) | undefined
}

const ownerMark = 'tab:'
/** How often a tab looks for work of others where no tab can tell it. */
const lookEvery = '1s'

/** One tab, or one service worker, among those that share a store. */
export class Tab {
  readonly #parts: TabParts
  readonly #marks: LeftMarks
  readonly #takeBack: TakeBack
  readonly #rollCall: RollCall
  readonly #watch: OwnerWatch
  readonly #works = new Set<Work>()
  readonly #unlisten: () => void
  readonly #entropy: Entropy = systemEntropy()
  /** Counts entries and exits: what began under an older one is out of date. */
  #era = 0
  #owner: string | undefined
  #lock: OwnerLock | undefined
  #left: Promise<void> | undefined

  constructor(parts: TabParts) {
    const { store, name, clock, locks, pageLife } = parts
    this.#parts = parts
    this.#marks = new LeftMarks(name)
    this.#takeBack = new TakeBack(store, this.#marks, clock)
    this.#watch = new OwnerWatch(locks, name, (owner) => this.#gone(owner))
    this.#rollCall = new RollCall(name, clock, {
      here: (owner) => this.#sees(owner),
      gone: (owner) => locks === null && void this.#gone(owner),
      silent: (owner) => this.#watch.steal(owner),
    })
    this.#unlisten = pageLife.onChange({
      putAway: () => this.#putAway(),
      backAgain: () => void this.enter(),
    })
  }

  /** Who holds this tab's leases; undefined while it is put away. */
  get owner(): string | undefined {
    return this.#owner
  }

  /** `locks`: a tab that is gone is noticed at once. `leases`: when its leases end, for want of Web Locks or BroadcastChannel. */
  get liveness(): 'locks' | 'leases' {
    return this.#parts.locks === null ? 'leases' : 'locks'
  }

  /** Works whenever this tab is there; answers what ends that, as `worker.stop` does. */
  work(options: TabWorkOptions = {}): (options?: StopOptions) => Promise<void> {
    const work: Work = { options, worker: undefined, ungovern: undefined }
    this.#works.add(work)
    if (this.#owner !== undefined) this.#start(work, this.#owner)
    return async (stopOptions) => {
      this.#works.delete(work)
      await this.#stop(work, stopOptions)
    }
  }

  /** Takes part, as a new owner; what tabs of earlier left behind is taken back. Does nothing if it takes part already. */
  async enter(): Promise<void> {
    if (this.#left !== undefined || this.#owner !== undefined) return
    const era = ++this.#era
    const owner = ownerMark + this.#entropy.id()
    const { locks, name } = this.#parts
    const lock =
      locks === null ? undefined : await holdOwnerLock(locks, name, owner, () => this.#stolen(owner))
    if (era !== this.#era) return lock?.release()
    this.#lock = lock
    this.#owner = owner
    this.#rollCall.enter(owner)
    for (const work of this.#works) this.#start(work, owner)
    if (locks !== null) await this.#lookAround(locks, name)
  }

  /** Stops working and lets go of everything. Safe to call twice. */
  leave(options: StopOptions = {}): Promise<void> {
    this.#left ??= this.#leave(options)
    return this.#left
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave()
  }

  async #leave(options: StopOptions): Promise<void> {
    this.#unlisten()
    await Promise.all([...this.#works].map((work) => this.#stop(work, options)))
    this.#exit()
    this.#rollCall.close()
  }

  /** Everything within this call: a page that is put away gets no other one. */
  #putAway(): void {
    if (this.#owner !== undefined) this.#marks.mark(this.#owner)
    for (const work of this.#works) void this.#stop(work, { drain: 0 })
    this.#exit()
    this.#parts.store.disconnect?.()
  }

  /** Somebody took us for dead, and has our jobs by now. */
  #stolen(owner: string): void {
    if (this.#owner !== owner) return
    for (const work of this.#works) void this.#stop(work, { drain: 0 })
    this.#exit()
    void this.enter()
  }

  #exit(): void {
    this.#era++
    this.#owner = undefined
    this.#watch.clear()
    this.#lock?.release()
    this.#lock = undefined
    this.#rollCall.leave()
  }

  #start(work: Work, owner: string): void {
    const { gate, ...options } = work.options
    work.worker = this.#parts.runtime.work({
      ...(typeof BroadcastChannel === 'undefined' && { pollInterval: lookEvery }),
      ...options,
      owner,
      ...(gate && { limit: gate.limit }),
    })
    work.ungovern = gate?.govern(work.worker)
  }

  async #stop(work: Work, options?: StopOptions): Promise<void> {
    const { worker } = work
    work.worker = undefined
    work.ungovern?.()
    await worker?.stop(options)
  }

  /** Who lives is watched; who holds jobs and does not live loses them. */
  async #lookAround(locks: LockManager, name: string): Promise<void> {
    const living = await livingOwners(locks, name)
    for (const owner of living) this.#sees(owner)
    const orphaners = await this.#takeBack.orphaners(new Set(living), (owner) => owner.startsWith(ownerMark))
    await Promise.all(orphaners.map((owner) => this.#gone(owner)))
    this.#marks.keepOnly(new Set([...living, ...orphaners]))
  }

  #sees(owner: string): void {
    if (owner === this.#owner || this.#owner === undefined) return
    if (this.#watch.add(owner)) this.#rollCall.watch(owner)
  }

  async #gone(owner: string): Promise<void> {
    this.#rollCall.unwatch(owner)
    if (this.#owner === undefined) return
    try {
      await this.#takeBack.from(owner)
    } catch {
      // A store in trouble: its leases end by themselves.
    }
  }
}
