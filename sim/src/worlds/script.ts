import { NonRetryable, RetryAfter, Snooze, type HandlerContext } from '@millrace/runtime'
import { Stream } from '../kernel/stream.ts'
import { catalogue, type Behaviour, type Order, type Receipt } from './catalogue.ts'
import type { WorldProcess } from './world-process.ts'
import type { World } from './world.ts'

const longestScript = 5

/** What handlers do: drawn for each order by itself, so that one order less leaves the others as they were. */
export class Script {
  readonly #world: World
  readonly #stream: Stream

  constructor(world: World) {
    this.#world = world
    this.#stream = new Stream(world.plan.seed, 'script')
  }

  /** The attempts of an order; the ones after the last answer. */
  of(n: number): readonly Behaviour[] {
    const { behaviours } = this.#world.plan
    if (behaviours.length === 0) return []
    const length = Math.floor(this.#stream.uniform(n, 0) * longestScript)
    return Array.from({ length }, (_, index) => {
      const share = this.#stream.uniform(n, index + 1)
      return share < 0.4 ? 'work' : behaviours[Math.floor(((share - 0.4) / 0.6) * behaviours.length)]!
    })
  }

  async perform(order: Order, context: HandlerContext, process: WorldProcess): Promise<Receipt> {
    const world = this.#world
    const behaviour = this.#behaviour(order, context)
    await process.reaches('beforeEffect')
    await process.sleep(this.#workMs(order, context, behaviour))
    if (behaviour === 'throw') throw new Error('no luck')
    if (behaviour === 'snooze' || behaviour === 'retryAfter' || behaviour === 'nonRetryable')
      this.#wish(behaviour, context)
    if (behaviour === 'poison') world.crash(process, 800)
    if (behaviour === 'deaf' || behaviour === 'poison') await new Promise<never>(() => {})
    if (behaviour === 'hang') await stopped(context.signal)
    if (behaviour === 'child') await context.enqueue(catalogue.plain, { n: world.nextOrder(), script: [] })
    context.progress(0.5)
    await context.once('effect', () => world.effect(order, context))
    world.remember(order, context)
    await process.reaches('duringEffect')
    await process.sleep(20)
    if (!world.outside.write(context.id, context.fencingToken)) world.mark('a conditional write was refused')
    await process.reaches('afterEffect')
    if (behaviour === 'throwAfterEffect') throw new Error('too late')
    return { n: order.n, token: context.fencingToken }
  }

  #wish(kind: 'snooze' | 'retryAfter' | 'nonRetryable', context: HandlerContext): never {
    const { id, fencingToken, signal } = context
    const wish = kind === 'nonRetryable' ? { kind } : { kind, ms: kind === 'snooze' ? 700 : 900 }
    // One that was told to stop before is not asked what it wants.
    if (!signal.aborted) this.#world.outside.wishes.set(`${id} ${fencingToken}`, wish)
    if (kind === 'nonRetryable') throw new NonRetryable('never')
    throw kind === 'snooze' ? new Snooze('700ms') : new RetryAfter('900ms')
  }

  #behaviour(order: Order, context: HandlerContext): Behaviour {
    if (this.#world.isBrownOut) return 'throw'
    // Redriven, it does well: whoever redrives has mended the cause.
    return context.generation > 0 ? 'answer' : (order.script?.[context.attempt - 1] ?? 'answer')
  }

  #workMs(order: Order, context: HandlerContext, behaviour: Behaviour): number {
    const base = behaviour === 'work' ? 900 : 60
    return base * this.#world.slowness * (0.5 + this.#stream.uniform(order.n ?? 0, 100 + context.attempt))
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}
