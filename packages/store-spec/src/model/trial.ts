import {
  MillraceError,
  type CommandName,
  type JobEvent,
  type Reply,
  type Store,
  type Supports,
} from '@millrace/core'
import { same } from '../check.ts'
import type { Place } from '../place.ts'
import { runCommand } from '../reference/naive-store.ts'
import { sampleQueue } from '../samples.ts'
import { freshCheckers } from './checkers.ts'
import { commandOf, type Command } from './command.ts'
import type { Observation } from './observation.ts'
import { queueNames } from './plans.ts'
import { settleDown } from './settle-down.ts'
import type { QueuePlans, Step } from './step.ts'
import { WakeLedger } from './wake-ledger.ts'
import { World } from './world.ts'

/** The answer of a command, or the code it was refused with. */
type Answer = { readonly reply: unknown } | { readonly refused: string }

/**
 * One run of random steps on a store, beside the same on the reference: every answer and every job must be alike,
 * and whatever the reference does is laid before the checkers.
 */
export class Trial {
  readonly #place: Place
  readonly #supports: Supports
  readonly #stores: (Store | undefined)[] = []
  readonly #world = new World()
  readonly #checkers = freshCheckers()
  readonly #ledger = new WakeLedger()
  readonly #told: string[] = []
  readonly #expected: string[] = []
  #current = 0
  #wasShared = false

  constructor(place: Place, supports: Supports) {
    this.#place = place
    this.#supports = supports
  }

  async run(plans: QueuePlans, steps: readonly Step[]): Promise<void> {
    try {
      await this.#open()
      const queues = Object.fromEntries(plans.map((plan, index) => [queueNames[index]!, sampleQueue(plan)]))
      await this.#call([() => ({ name: 'configure', request: { queues } })])
      for (const [index, step] of steps.entries())
        await this.#step(step).catch((error: unknown) => {
          throw new Error(`step ${index + 1}, ${step.kind}: ${messageOf(error)}`, { cause: error })
        })
      await settleDown(this.#world, (command) => this.#call([() => command])).catch((error: unknown) => {
        throw new Error(`when all was to be finished: ${messageOf(error)}`, { cause: error })
      })
    } finally {
      for (const store of this.#stores) await store?.close()
      await this.#place.remove?.()
    }
    if (!this.#wasShared) same(this.#told, this.#expected, 'the events of the whole run')
  }

  #step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'call':
        return this.#call(step.deeds.map((deed) => () => commandOf(deed, this.#world)))
      case 'tick':
        this.#world.pass(step.ms)
        return Promise.resolve()
      case 'reopen':
        return this.#reopen()
      case 'share':
        return this.#share(step.store)
    }
  }

  /** Each is planned after the one before was done on the reference: a settlement may be for a job that a claim beside it gets. */
  async #call(plans: readonly (() => Command)[]): Promise<void> {
    const answers = plans.map((plan) => {
      const command = plan()
      const at = this.#world.at()
      const expected = this.#onReference(command, at)
      // A hint that comes while several commands run may be for any of them.
      const worker = plans.length === 1 && command.name === 'claim' ? command.request : undefined
      if (worker !== undefined) this.#ledger.claims(worker)
      const answer = this.#store().run(command.name, command.request, at).then(replyOf, refusalOf)
      return { name: command.name, expected, worker, answer }
    })
    for (const { name, expected, worker, answer } of answers) {
      const actual = await answer
      same(withoutSeqs(actual), withoutSeqs(expected), `the answer to ${name}`)
      if (worker !== undefined && 'reply' in actual)
        this.#ledger.claimed(worker, actual.reply as Reply<'claim'>)
    }
    await this.#compareJobs()
  }

  #onReference(command: Command, at: { readonly now: number; readonly seed: number }): Answer {
    const { reference } = this.#world
    const before = reference.copy()
    let answer: Answer
    try {
      answer = { reply: runCommand<CommandName>(reference, command.name, command.request, at) }
    } catch (error) {
      answer = refusalOf(error)
    }
    const { moves, events } = reference
    this.#expected.push(...events.map(nameOf))
    const reply = 'reply' in answer ? answer.reply : undefined
    const seen = { ...command, reply, at, before, after: reference, moves, events } as Observation
    for (const check of this.#checkers) {
      const wrong = check(seen)
      if (wrong !== undefined) throw new Error(`${command.name} broke a rule of the core: ${wrong}`)
    }
    if (seen.name === 'claim' && seen.reply !== undefined) this.#keepClaim(seen.request, seen.reply)
    return answer
  }

  #keepClaim(request: Extract<Command, { name: 'claim' }>['request'], reply: Reply<'claim'>): void {
    this.#world.remember(reply.jobs)
    const queues = request.queues.map(({ queue }) => queue)
    this.#world.keepCredits(request.owner, queues, reply.credits)
  }

  async #compareJobs(): Promise<void> {
    const { reference } = this.#world
    const at = this.#world.at()
    const [listed, counted] = await Promise.all([
      this.#store().run('listJobs', { limit: 100_000 }, at),
      this.#store().run('countJobs', {}, at),
    ])
    same(withoutSeqs(listed.jobs), withoutSeqs(reference.all()), 'the jobs')
    const counts = runCommand(reference, 'countJobs', {}, at)
    same(byName(counted), byName(counts), 'the counts')
    const wrong = this.#wasShared ? undefined : this.#ledger.sleepsThroughWork(reference, at)
    if (wrong !== undefined) throw new Error(wrong)
  }

  #store(): Store {
    return this.#stores[this.#current]!
  }

  async #open(): Promise<void> {
    const store = await this.#place.open()
    store.subscribe({
      events: (events) => void this.#told.push(...events.map(nameOf)),
      wake: (queues, at) => this.#ledger.told(queues, at),
    })
    this.#stores[this.#current] = store
    this.#ledger.restart(queueNames)
  }

  async #reopen(): Promise<void> {
    if (!this.#supports.reopen) return
    await this.#store().close()
    await this.#open()
    await this.#compareJobs()
  }

  async #share(index: number): Promise<void> {
    if (!this.#supports.sharing) return
    this.#wasShared = true
    this.#current = index
    if (this.#stores[index] === undefined) await this.#open()
    await this.#compareJobs()
  }
}

function replyOf(reply: unknown): Answer {
  return { reply }
}

/** A refusal is an answer; anything else is a bug. */
function refusalOf(error: unknown): Answer {
  if (error instanceof MillraceError) return { refused: error.code }
  throw error
}

/** A store may leave gaps in its numbers; their order is that of the list. */
function withoutSeqs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSeqs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'seq' ? 0 : withoutSeqs(inner)]),
  )
}

function byName({ queues }: Reply<'countJobs'>): unknown {
  return Object.fromEntries(queues.map((count) => [count.queue, count]))
}

function nameOf(event: JobEvent): string {
  return 'job' in event ? `${event.type} ${event.job.id}` : `${event.type} ${event.queue}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
