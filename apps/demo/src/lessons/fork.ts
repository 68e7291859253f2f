import type { World } from './lesson.ts'

/** What may be different from the fork on; the luck stays the same. */
export const turns = {
  burst: 'forty more jobs come at once',
  slow: 'work takes twice as long',
  fast: 'work takes half as long',
  fewer: 'one worker stops',
  halt: 'half of the workers stop for 10 s',
} as const

export type Turn = keyof typeof turns

export interface Fork {
  readonly at: number
  readonly turn: Turn
}

/** As it stands in the address: the time, and what is different from then on. */
export function readFork(text: string | null): Fork | undefined {
  const [time, turn] = (text ?? '').split('~')
  const at = Number(time)
  const isKnown = turn !== undefined && Object.hasOwn(turns, turn)
  return isKnown && Number.isFinite(at) && at >= 0 ? { at, turn: turn as Turn } : undefined
}

export function forkText({ at, turn }: Fork): string {
  return `${at}~${turn}`
}

const forGood = 1e6

/** The world as it was, and as it goes on with the turn: one past, two futures. */
export function forked(world: World, { at, turn }: Fork): readonly [World, World] {
  const { classes, faults = [] } = world.scenario
  const fault = {
    burst: { kind: 'burst', at, class: classes[0]!.id, jobs: 40 },
    slow: { kind: 'slow', at, for: forGood, factor: 2 },
    fast: { kind: 'slow', at, for: forGood, factor: 0.5 },
    fewer: { kind: 'outage', at, for: forGood, workers: 1 },
    halt: { kind: 'outage', at, for: 10, workers: Math.ceil(world.workers / 2) },
  }[turn]
  return [
    { ...world, label: `${world.label}, as it was` },
    {
      ...world,
      label: `From ${at.toFixed(1)} s: ${turns[turn]}`,
      scenario: { ...world.scenario, faults: [...faults, fault] },
    },
  ]
}
