import type { FilmLesson, Setting, Values, World } from './lesson.ts'

/** What may happen at the fork; the luck stays the same. */
export const turns = {
  burst: 'forty more jobs come at once',
  slow: 'work takes twice as long',
  fast: 'work takes half as long',
  fewer: 'one worker stops',
  halt: 'half of the workers stop for 10 s',
} as const

export type Turn = keyof typeof turns

/** From a moment on, something happens, or a setting is another one. */
export type Fork =
  | { readonly at: number; readonly turn: Turn }
  | { readonly at: number; readonly setting: Setting; readonly value: string }

/** Settings that a running system can take up. */
export function forkable({ settings }: FilmLesson): readonly Setting[] {
  return settings.filter(({ isFixed }) => isFixed !== true)
}

/** As it stands in the address: the time, and what is different from then on. */
export function readFork(lesson: FilmLesson, text: string | null): Fork | undefined {
  const [time, what = '', value] = (text ?? '').split('~')
  const at = Number(time)
  if (time === '' || !Number.isFinite(at) || at < 0) return undefined
  if (Object.hasOwn(turns, what)) return { at, turn: what as Turn }
  const setting = forkable(lesson).find(({ id }) => id === what)
  return setting === undefined || value === undefined ? undefined : { at, setting, value }
}

export function forkText(fork: Fork): string {
  return 'turn' in fork ? `${fork.at}~${fork.turn}` : `${fork.at}~${fork.setting.id}~${fork.value}`
}

/** One world as it was, and as it goes on from the fork: one past, two futures. */
export function forked(
  lesson: FilmLesson,
  values: Values,
  acts: readonly number[],
  fork: Fork,
): readonly [World, World] {
  const world = lesson.worlds(values, acts).at(lesson.forks ?? -1)!
  const before = { ...world, label: `${world.label}, unchanged` }
  if ('turn' in fork) return [before, withTurn(world, fork)]
  const { at, setting, value } = fork
  const after = lesson
    .worlds({ ...values, [setting.id]: value }, acts)
    .at(setting.world ?? lesson.forks ?? -1)!
  const more = after.workers - world.workers
  return [
    before,
    {
      ...world,
      label: `From ${at.toFixed(1)} s: ${valueText(setting, value)}`,
      workers: Math.max(world.workers, after.workers),
      ...(more > 0 && { away: { from: 0, until: at, workers: more, who: 'idlest' as const } }),
      ...(more < 0 && { away: { from: at, until: Infinity, workers: -more, who: 'idlest' as const } }),
      fork: { at, scenario: after.scenario },
    },
  ]
}

export function valueText({ label, range, choices }: Setting, value: string): string {
  const words = choices?.find(([id]) => id === value)?.[1] ?? `${value} ${range?.unit ?? ''}`.trim()
  return `${label}: ${words}`
}

const forGood = 1e6

function withTurn(world: World, { at, turn }: Extract<Fork, { turn: Turn }>): World {
  const { classes, faults = [] } = world.scenario
  const stops = {
    fewer: { for: forGood, workers: 1 },
    halt: { for: 10, workers: Math.ceil(world.workers / 2) },
  }
  const fault = {
    burst: { kind: 'burst', at, class: classes[0]!.id, jobs: 40 },
    slow: { kind: 'slow', at, for: forGood, factor: 2 },
    fast: { kind: 'slow', at, for: forGood, factor: 0.5 },
    fewer: { kind: 'outage', at, ...stops.fewer },
    halt: { kind: 'outage', at, ...stops.halt },
  }[turn]
  const stop = turn === 'fewer' || turn === 'halt' ? stops[turn] : undefined
  return {
    ...world,
    ...(stop && { away: { from: at, until: at + stop.for, workers: stop.workers, who: 'first' } }),
    label: `From ${at.toFixed(1)} s: ${turns[turn]}`,
    scenario: { ...world.scenario, faults: [...faults, fault] },
  }
}
