import { memoryStore } from '@millrace/store-memory'
import {
  createRuntime,
  defineJob,
  seededEntropy,
  VirtualClock,
  type JobDefinition,
  type Runtime,
} from '@millrace/runtime'
import { luckOf } from '../../sim/src/capacity/luck.ts'
import { fate } from '../../sim/src/capacity/runs.ts'
import { retryPolicy } from '../../sim/src/capacity/translate.ts'
import { arrivalProcess } from '../../sim/src/random/arrival-process.ts'
import { parseScenario } from '../../sim/src/scenario/parse.ts'
import type { JobClass, Scenario } from '../../sim/src/scenario/scenario.ts'
import { journeysOf, type Journeys } from '../../sim/src/trace/journey.ts'
import { kindsOf, type Kind } from '../../sim/src/trace/kinds.ts'
import { readTrace, type Trace } from '../../sim/src/trace/trace.ts'

export interface RealRun {
  readonly text: string
  readonly trace: Trace
  readonly journeys: Journeys
  /** In the order of the scenario's classes. */
  readonly kinds: readonly Kind[]
  readonly refused: number
}

/** A scenario through `createRuntime`, its workers and a store, in virtual time, with the draws the kernel would make; recorded. */
export async function realRun(value: object): Promise<RealRun> {
  const scenario = parseScenario(value)
  const clock = new VirtualClock(0)
  const queues = Object.fromEntries(
    Object.keys(scenario.queues).map((name) => [name, queueOf(scenario, name)]),
  )
  const runtime = await createRuntime({ store: memoryStore(), clock, entropy: seededEntropy(1), queues })
  let text = ''
  const recording = await runtime.record((lines) => (text += lines))
  const house = new House(scenario, runtime, clock)
  await clock.advance(0)
  house.open()
  while (house.isOpen) await clock.advance(1_000)
  let isDrained = false
  void runtime.drain().then(() => (isDrained = true))
  while (!isDrained) await clock.advance(1_000)
  await recording.stop()
  const closed = runtime.close()
  await clock.advance(60_000)
  await closed
  const trace = readTrace(text.split('\n'))
  const journeys = journeysOf(trace)
  const order = scenario.classes.map(({ id }) => id)
  const kinds = [...kindsOf(journeys)].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  return { text, trace, journeys, kinds, refused: house.refused }
}

class House {
  refused = 0
  readonly #scenario: Scenario
  readonly #runtime: Runtime
  readonly #clock: VirtualClock
  #left: number

  constructor(scenario: Scenario, runtime: Runtime, clock: VirtualClock) {
    this.#scenario = scenario
    this.#runtime = runtime
    this.#clock = clock
    this.#left = scenario.stop.jobs as number
  }

  get isOpen(): boolean {
    return this.#left > 0
  }

  open(): void {
    const { classes, queues, workers } = this.#scenario
    for (const one of classes) this.#admit(one, this.#hire(one))
    const weights = Object.fromEntries(Object.entries(queues).map(([name, { weight }]) => [name, weight]))
    for (let worker = 0; worker < workers.count; worker++)
      this.#runtime.work({ queues: weights, concurrency: workers.concurrency, lease: '365d' })
  }

  #hire(one: JobClass): JobDefinition<number, void> {
    const { retry, seed } = this.#scenario
    const job = defineJob<number, void>(one.id, {
      queue: one.queue,
      priority: one.priority,
      retry: retryPolicy(retry),
      ...(retry.timeout !== 'none' && { timeout: retry.timeout * 1_000 }),
    })
    const luck = luckOf(one, seed)
    this.#runtime.handle(job, async (entity, { attempt, signal }) => {
      await this.#sleep(luck.service(entity, attempt) * 1_000, signal)
      if (luck.fate(entity, attempt) === fate.fails) throw new Error('failed')
    })
    return job
  }

  #admit(one: JobClass, job: JobDefinition<number, void>): void {
    const { arrivals } = one
    if (arrivals.kind === 'closed') throw new Error('closed classes are not played')
    const process = arrivalProcess(arrivals, this.#scenario.seed, one.id)
    let entity = 0
    const next = (): void => {
      const delay = process.next() / 1_000 - this.#clock.monotonic()
      if (delay === Infinity) return
      this.#clock.setTimer(delay, () => {
        for (let count = 0; count < process.size && this.#left > 0; count++) {
          this.#left--
          this.#runtime.enqueue(job, entity++).catch(() => this.refused++)
        }
        if (this.#left > 0) next()
      })
    }
    next()
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.setTimer(ms, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        reject(signal.reason as Error)
      })
    })
  }
}

function queueOf({ queues }: Scenario, name: string): object {
  const { capacity, overflow, order, ageing, concurrency, rate } = queues[name]!
  return {
    overflow,
    order,
    ageing: ageing === 'strict' ? Infinity : ageing * 1_000,
    ...(capacity !== 'unlimited' && { maxJobs: capacity }),
    ...(concurrency !== 'unlimited' && { concurrency }),
    ...(rate !== 'unlimited' && { rate: { limit: rate.limit, per: rate.per * 1_000 } }),
  }
}
