import type { Millis } from '@millrace/core'
import type { Verdict } from './verdict.ts'

/**
 * `offline`: the browser says there is no network. `suspect`: there may be one; nothing came through yet. `online`: requests
 * come through. `captive`: a portal answers in place of the server. `authNeeded`: parked until `resume`, the server wants other
 * credentials. `metered`: the connection costs, and the policy is not to use such a one.
 */
export type GateStatus = 'offline' | 'suspect' | 'online' | 'captive' | 'authNeeded' | 'metered'

/** All that the gate knows; replaced, never changed. */
export interface GateState {
  /** What the browser says: a hint, wrong in both directions. */
  readonly hint: boolean
  readonly metered: boolean
  /** The server asked for other credentials. */
  readonly parked: boolean
  readonly captive: boolean
  /** Something came through since the last trouble. */
  readonly confirmed: boolean
  /** In a row. */
  readonly faults: number
  /** While not online: when the next canary may go. */
  readonly canaryAt: Millis
  readonly pauseMs: Millis
  /** The server named this time in a Retry-After: nothing goes before it. */
  readonly holdUntil: Millis
  /** While online: how many may go at once; doubles with each success. */
  readonly ramp: number
  /** How often it was resumed: what an attempt of before says about credentials is old news. */
  readonly resumes: number
}

/** Times are of one monotonic clock; `draw` is chance from 0 to 1. */
export type GateInput =
  | { readonly type: 'hint'; readonly online: boolean; readonly now: Millis }
  | { readonly type: 'metered'; readonly metered: boolean }
  | {
      readonly type: 'ended'
      readonly verdict: Verdict
      /** `resumes` when the attempt began. */
      readonly resumes: number
      readonly now: Millis
      readonly draw: number
    }
  | { readonly type: 'resume'; readonly now: Millis }

// One fault may be a switch from one network to another; three in a row are a network that is gone.
const faultsToOpen = 3
const firstPauseMs: Millis = 1_000
const longestPauseMs: Millis = 60_000
// Browsers say "offline" on machines that are not: look for ourselves, but rarely.
const disbeliefMs: Millis = 60_000
const mostAtOnce = 1_024

export const initialGate: GateState = {
  hint: true,
  metered: false,
  parked: false,
  captive: false,
  confirmed: false,
  faults: 0,
  canaryAt: -Infinity,
  pauseMs: firstPauseMs,
  holdUntil: -Infinity,
  ramp: 1,
  resumes: 0,
}

/** In the order of what must be mended first. */
export function gateStatus(gate: GateState): GateStatus {
  if (gate.parked) return 'authNeeded'
  if (gate.metered) return 'metered'
  if (!gate.hint) return 'offline'
  if (gate.captive) return 'captive'
  return gate.confirmed ? 'online' : 'suspect'
}

/** How many may be under way at once now: none, one canary, or as many as the ramp has reached. */
export function gateLimit(gate: GateState, now: Millis): number {
  if (gate.parked || gate.metered || now < opensAt(gate)) return 0
  return gateStatus(gate) === 'online' ? gate.ramp : 1
}

/** When the limit rises by itself; `Infinity` if it does not. */
export function gateOpensAt(gate: GateState, now: Millis): Millis {
  return gate.parked || gate.metered || now >= opensAt(gate) ? Infinity : opensAt(gate)
}

function opensAt(gate: GateState): Millis {
  return gateStatus(gate) === 'online' ? gate.holdUntil : Math.max(gate.holdUntil, gate.canaryAt)
}

export function nextGate(gate: GateState, input: GateInput): GateState {
  switch (input.type) {
    case 'hint':
      return input.online === gate.hint ? gate : hinted(gate, input.online, input.now)
    case 'metered':
      return { ...gate, metered: input.metered }
    case 'resume':
      return { ...unconfirmed(gate), parked: false, resumes: gate.resumes + 1, canaryAt: input.now }
    case 'ended':
      return ended(gate, input)
  }
}

function hinted(gate: GateState, online: boolean, now: Millis): GateState {
  const canaryAt = online ? now : now + disbeliefMs
  return { ...unconfirmed(gate), hint: online, captive: false, pauseMs: firstPauseMs, canaryAt }
}

function unconfirmed(gate: GateState): GateState {
  return { ...gate, confirmed: false, faults: 0, ramp: 1 }
}

function ended(gate: GateState, { verdict, resumes, now, draw }: GateInput & { type: 'ended' }): GateState {
  switch (verdict.kind) {
    case 'delivered':
    case 'refused':
      return cameThrough(gate)
    case 'unauthorized':
      return resumes === gate.resumes ? { ...cameThrough(gate), parked: true } : gate
    case 'captive':
      return shut({ ...gate, captive: true }, now, draw)
    case 'busy':
      return verdict.retryAfterMs === undefined
        ? faulty(gate, now, draw)
        : { ...gate, ramp: 1, holdUntil: Math.max(gate.holdUntil, now + verdict.retryAfterMs) }
    case 'fault':
      return faulty(gate, now, draw)
  }
}

/** The server itself has answered: whatever the browser says, this is a network. */
function cameThrough(gate: GateState): GateState {
  const ramp = Math.min(mostAtOnce, gate.ramp * 2)
  return { ...gate, hint: true, captive: false, confirmed: true, faults: 0, pauseMs: firstPauseMs, ramp }
}

function faulty(gate: GateState, now: Millis, draw: number): GateState {
  const faults = gate.faults + 1
  if (gate.confirmed && faults < faultsToOpen) return { ...gate, faults }
  return shut({ ...gate, faults }, now, draw)
}

/** Shut until the pause is over, which doubles each time; then one canary. Of several that fail together only the first one counts. */
function shut(gate: GateState, now: Millis, draw: number): GateState {
  const closed = { ...gate, confirmed: false, ramp: 1 }
  if (!gate.confirmed && now < gate.canaryAt) return closed
  // Jittered, so that many tabs and many users do not come back in the same moment.
  const canaryAt = now + gate.pauseMs * (0.5 + draw / 2)
  return { ...closed, canaryAt, pauseMs: Math.min(longestPauseMs, gate.pauseMs * 2) }
}
