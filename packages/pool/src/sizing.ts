import { autoscale, type Load, type Millis, type Scale, type ScalePolicy } from '@millrace/core'

/** How many workers there should be, as core's autoscale decides it from the calls that wait. */
export class Sizing {
  readonly #policy: ScalePolicy
  #scale: Scale

  constructor(policy: ScalePolicy, now: Millis) {
    this.#policy = policy
    this.#scale = { size: policy.min, changedAt: now - policy.cooldownMs, because: 'steady' }
  }

  get size(): number {
    return this.#scale.size
  }

  get canGrow(): boolean {
    return this.#scale.size < this.#policy.max
  }

  /** Among none, a share of the excess is none: the first worker is not a matter of load. */
  wake(now: Millis): void {
    if (this.#scale.size === 0) this.#scale = { size: 1, changedAt: now, because: 'depth' }
  }

  /** More, if too much waits. Answers when to ask again. */
  grow(load: Load, now: Millis): Millis {
    const next = autoscale(this.#scale, load, this.#policy, now)
    if (next.size > this.#scale.size) this.#scale = next
    return Math.max(this.#scale.changedAt, now) + Math.max(1, this.#policy.cooldownMs)
  }

  /** Fewer, if fewer will do. */
  shrink(load: Load, now: Millis): void {
    const next = autoscale(this.#scale, load, this.#policy, now)
    if (next.size < this.#scale.size) this.#scale = next
  }
}

/** For threads, which start in tens of milliseconds: a call that waits asks for a worker at once. */
export function threadPolicy(min: number, max: number, wishes: Partial<ScalePolicy>): ScalePolicy {
  return { depth: 0.5, lagMs: 100, relief: 0.5, cooldownMs: 50, ...wishes, min, max }
}
