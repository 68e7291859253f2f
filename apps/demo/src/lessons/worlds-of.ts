import type { Look } from '../stage/sprites.ts'
import type { FilmScenario, World } from './lesson.ts'

interface WorldParts {
  readonly label: string
  readonly scenario: object
  readonly workers: number
  readonly looks?: readonly Look[]
  /** One line for each class, or one for all. */
  readonly lines?: readonly string[] | undefined
  readonly backoff?: boolean
  readonly losses?: string
  readonly curve?: 'waiting' | 'running'
}

const plain: readonly Look[] = [{ label: 'a job', texture: 'plain' }]

/** A world of the stage, with what most of them share. */
export function worldOf({
  label,
  scenario,
  workers,
  looks = plain,
  lines,
  backoff = false,
  losses = backoff ? 'Dead letters' : undefined,
  curve = 'waiting',
}: WorldParts): World {
  return {
    label,
    scenario: scenario as FilmScenario,
    workers,
    backoff,
    losses,
    curve,
    cast: {
      looks,
      lineOf: looks.map((_, index) => (lines === undefined ? 0 : index)),
      lineNames: lines ?? ['Waiting'],
      losses,
      lease: 30,
    },
  }
}
