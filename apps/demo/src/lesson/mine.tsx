import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { FilmLesson } from '../lessons/lesson.ts'
import { numberText } from '../lessons/number-text.ts'
import { Film, place } from '../stage/film.ts'
import type { Playback } from '../stage/playback.ts'
import type { Shown } from './worlds.ts'

interface MineProps {
  readonly mine: NonNullable<FilmLesson['mine']>
  readonly shown: readonly Shown[]
  readonly playback: Playback
  readonly acts: readonly number[]
}

/** What becomes of the reader's own job in each world. */
export function Mine({ mine, shown, playback, acts }: MineProps): JSX.Element | null {
  const films = useMemo(() => shown.map(({ world, trace }) => new Film(trace, world)), [shown])
  const started = acts.filter((at) => at <= playback.time.value)
  const latest = started.at(-1)
  if (latest === undefined) return null
  return (
    <ul class="mine" aria-live="polite">
      {films.map((film, index) => {
        film.seek(playback.time.value)
        const { says, state } = tell(film, mine, index, started.length - 1, latest)
        return (
          <li key={index} data-mine={state}>
            <strong>{shown[index]!.world.label}:</strong> {says}
          </li>
        )
      })}
    </ul>
  )
}

function tell(
  film: Film,
  { ofClass, says }: MineProps['mine'],
  world: number,
  nth: number,
  at: number,
): { readonly says: string; readonly state: string } {
  const words = says[world]!
  const jobs = [...film.trace.classes.keys()].filter((job) => film.trace.classes[job] === ofClass)
  const job = jobs[nth]
  if (job === undefined || film.places[job] === place.nowhere) return { says: '', state: 'none' }
  const since = film.since[job]! - at
  if (film.places[job] === place.refused) return { says: words.refused, state: 'refused' }
  if (film.places[job] === place.done)
    return { says: `${words.done} ${numberText(since, 's')} after you pressed.`, state: 'done' }
  return { says: words.waits, state: 'waits' }
}
