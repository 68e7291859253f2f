import type { Millis } from '@millrace/core'
import { Alarm } from './alarm.ts'
import type { CommandRunner } from './command-runner.ts'
import type { Schedules } from './schedules.ts'
import type { Doing } from './worker-watch.ts'
import type { Workers } from './workers.ts'

// One turn takes back so many jobs at most; if there are more, the next one follows at once.
const reapLimit = 1_000
const pruneLimit = 1_000
// History is looked through after five minutes, and ever more rarely while there is nothing to forget.
const firstPruneMs: Millis = 300_000
const lastPruneMs: Millis = 86_400_000
// Something that stays due though all was done about it (the store's clock is behind ours, or it does not answer) is looked at
// ever more rarely, down to once in this.
const longestPauseMs: Millis = 1_000

/** What must happen by itself as time passes: due jobs wake the workers, leases and deadlines end, old history goes. */
export class Maintenance {
  readonly #commands: CommandRunner
  readonly #workers: Workers
  readonly #schedules: Schedules
  readonly #trouble: (doing: Doing, error: unknown) => void
  readonly #alarm: Alarm
  #pauseMs: Millis = 1
  #notBefore: Millis = -Infinity
  #isActing = false
  /** What was told while acting: it may have come after the store was asked. */
  #toldMeanwhile: Millis = Infinity
  #pruneInMs: Millis = firstPruneMs
  #cancelPrune: (() => void) | undefined
  #unsubscribe: (() => void) | undefined
  #closed = false

  constructor(
    commands: CommandRunner,
    workers: Workers,
    schedules: Schedules,
    trouble: (doing: Doing, error: unknown) => void,
  ) {
    this.#commands = commands
    this.#workers = workers
    this.#schedules = schedules
    this.#trouble = trouble
    this.#alarm = new Alarm(commands.clock, () => void this.#act())
  }

  start(): void {
    this.#unsubscribe = this.#commands.store.subscribe({
      wake: (queues, at) => {
        this.#workers.wake(queues)
        this.expect(at)
      },
    })
    this.#pruneLater()
    void this.#act()
  }

  /** Something is due at `at`. */
  expect(at: Millis): void {
    if (this.#isActing) this.#toldMeanwhile = Math.min(this.#toldMeanwhile, at)
    else this.#alarm.set(Math.max(at, this.#notBefore))
  }

  close(): void {
    this.#closed = true
    this.#unsubscribe?.()
    this.#alarm.close()
    this.#cancelPrune?.()
  }

  async #act(): Promise<void> {
    this.#isActing = true
    this.#toldMeanwhile = Infinity
    this.#workers.renewLate()
    this.#workers.look()
    const nextAt = await this.#doWhatIsDue()
    this.#isActing = false
    const now = this.#commands.now()
    this.#pauseMs = nextAt > now ? 1 : Math.min(longestPauseMs, this.#pauseMs * 2)
    this.#notBefore = now + this.#pauseMs
    this.expect(Math.min(nextAt, this.#toldMeanwhile))
  }

  /** Answers when something is due next. */
  async #doWhatIsDue(): Promise<Millis> {
    try {
      // First, so that what it moved on does not count as due any more.
      await this.#schedules.fireDue()
      const [, { nextAt }] = await Promise.all([
        this.#commands.run('reap', { limit: reapLimit }),
        // A claim of nothing lets in what is due, and says when the next is.
        this.#commands.run('claim', { owner: '-', leaseMs: 0, limit: 0, queues: [] }),
      ])
      return nextAt
    } catch (error) {
      if (!this.#closed) this.#trouble('reap', error)
      return -Infinity
    }
  }

  #pruneLater(): void {
    this.#cancelPrune = this.#commands.clock.setTimer(this.#pruneInMs, () => void this.#prune(), true)
  }

  async #prune(): Promise<void> {
    try {
      const pruned = await this.#pruneAll()
      this.#pruneInMs = pruned > 0 ? firstPruneMs : Math.min(lastPruneMs, this.#pruneInMs * 2)
    } catch (error) {
      if (!this.#closed) this.#trouble('prune', error)
    }
    if (!this.#closed) this.#pruneLater()
  }

  async #pruneAll(): Promise<number> {
    for (let all = 0; ;) {
      const { pruned } = await this.#commands.run('prune', { limit: pruneLimit })
      all += pruned
      if (pruned < pruneLimit) return all
    }
  }
}
