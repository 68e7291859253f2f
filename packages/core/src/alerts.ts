import type { Millis } from './job.ts'

/** What the rules look at, per queue and window. */
export interface Health {
  readonly depth: number
  readonly lagMs: Millis
  /** Failed attempts per attempt in the window, 0 to 1. */
  readonly errorRate: number
  readonly dead: number
}

export type AlertKind = 'depth' | 'lag' | 'errorRate' | 'deadGrowing'

export interface AlertRule {
  readonly kind: AlertKind
  /** Raised above this. `deadGrowing`: more new dead letters than this since the rule was last quiet. */
  readonly above: number
  /** Cleared at or below this: the gap is the hysteresis. */
  readonly below: number
  /** Not raised again within this time of the last raise. */
  readonly cooldownMs: Millis
}

export const defaultAlertRules: readonly AlertRule[] = [
  { kind: 'depth', above: 10_000, below: 5_000, cooldownMs: 300_000 },
  { kind: 'lag', above: 60_000, below: 30_000, cooldownMs: 300_000 },
  { kind: 'errorRate', above: 0.2, below: 0.1, cooldownMs: 300_000 },
  { kind: 'deadGrowing', above: 0, below: 0, cooldownMs: 300_000 },
]

/** What one rule remembers between two looks. */
export interface AlertState {
  readonly raised: boolean
  readonly raisedAt: Millis
  /** Dead letters when the rule last was quiet. */
  readonly deadBefore: number
}

export const quiet: AlertState = { raised: false, raisedAt: -Infinity, deadBefore: 0 }

/** One rule's next state; compare `raised` with the former one's to know what to tell. */
export function alert(rule: AlertRule, state: AlertState, health: Health, now: Millis): AlertState {
  const value = valueOf(rule.kind, state, health)
  if (state.raised)
    return value <= rule.below
      ? { ...state, raised: false, deadBefore: health.dead }
      : settled(rule, state, health)
  const quietLongEnough = now - state.raisedAt >= rule.cooldownMs
  return value > rule.above && quietLongEnough
    ? { ...state, raised: true, raisedAt: now, deadBefore: health.dead }
    : lowered(state, health)
}

function valueOf(kind: AlertKind, state: AlertState, health: Health): number {
  switch (kind) {
    case 'depth':
      return health.depth
    case 'lag':
      return health.lagMs
    case 'errorRate':
      return health.errorRate
    case 'deadGrowing':
      return health.dead - state.deadBefore
  }
}

/** While raised, growth is measured from look to look: it clears when a look brings no new ones. */
function settled(rule: AlertRule, state: AlertState, health: Health): AlertState {
  return rule.kind === 'deadGrowing' ? { ...state, deadBefore: health.dead } : state
}

/** Dead letters that were redriven or discarded make room: growth counts from the lowest point. */
function lowered(state: AlertState, health: Health): AlertState {
  return health.dead < state.deadBefore ? { ...state, deadBefore: health.dead } : state
}
