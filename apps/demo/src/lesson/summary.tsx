import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Film } from '../stage/film.ts'
import type { Playback } from '../stage/playback.ts'
import type { Shown } from './worlds.ts'

interface SummaryProps {
  readonly shown: readonly Shown[]
  readonly playback: Playback
}

/** Reader's time between two announcements while it plays. */
const quietMs = 4_000

/** What the picture shows, in words; screen readers hear it now and then, and at once when it stands still. */
export function Summary({ shown, playback }: SummaryProps): JSX.Element {
  const films = useMemo(() => shown.map(({ world, trace }) => new Film(trace, world)), [shown])
  const text = useSignal('')
  const spokenAt = useRef(0)
  const tell = (): void => {
    const time = playback.time.peek()
    text.value = films.map((film, index) => sentence(shown[index]!, film, time, shown.length > 1)).join(' ')
  }
  useSignalEffect(() => {
    void playback.time.value
    const now = performance.now()
    if (playback.playing.value && now - spokenAt.current < quietMs) return
    spokenAt.current = now
    tell()
  })
  useEffect(tell, [films])
  return (
    <p class="summary small" aria-live="polite">
      {text.value}
    </p>
  )
}

function sentence({ world }: Shown, film: Film, time: number, isNamed: boolean): string {
  film.seek(time)
  const parts = [
    `${film.waiting.size} waiting`,
    `${film.working} running`,
    ...(film.outside.size > 0 ? [`${film.outside.size} held outside`] : []),
    ...(film.wasted > 0
      ? [`${film.wasted} ${film.wasted === 1 ? 'worker' : 'workers'} busy for nothing`]
      : []),
    ...(world.backoff ? [`${film.backoff.size} in backoff`] : []),
    `${film.done} done`,
    ...(film.dead.size > 0 ? [`${film.dead.size} dead`] : []),
    ...(film.refused > 0 ? [`${film.refused} turned away`] : []),
    ...(film.shed > 0 ? [`${film.shed} shed`] : []),
  ]
  return `${isNamed ? `${world.label}, at` : 'At'} ${time.toFixed(1)} s: ${parts.join(', ')}.`
}
