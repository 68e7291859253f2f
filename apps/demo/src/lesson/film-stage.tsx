import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Film } from '../stage/film.ts'
import { Dots } from '../stage/dots.tsx'
import { historyOf, upTo } from '../stage/history.ts'
import type { Playback } from '../stage/playback.ts'
import { Transport } from '../stage/transport.tsx'
import { Curve } from './curve.tsx'
import { Legend } from './legend.tsx'
import { Summary } from './summary.tsx'
import type { Films, Shown } from './worlds.ts'

interface FilmStageProps {
  readonly films: Films
  readonly playback: Playback
  readonly onReset: () => void
}

const keys: Readonly<Record<string, (playback: Playback, step: Steps) => void>> = {
  k: (playback) => playback.toggle(),
  ArrowRight: (playback, { next }) => playback.pauseAt(next(playback.time.value)),
  ArrowLeft: (playback, { before }) => playback.pauseAt(before(playback.time.value)),
  Home: (playback) => playback.pauseAt(0),
  End: (playback) => playback.pauseAt(playback.horizon.value),
}

interface Steps {
  readonly next: (time: number) => number
  readonly before: (time: number) => number
}

/** The worlds side by side under one clock. */
export function FilmStage({ films: { shown, isBusy }, playback, onReset }: FilmStageProps): JSX.Element {
  const home = useRef<HTMLDivElement>(null)
  usePauseOffScreen(home, playback)
  const steps = useMemo(() => stepsOf(shown), [shown])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const act = keys[event.key]
    if (act === undefined) return
    event.preventDefault()
    act(playback, steps)
  }
  return (
    <div class="stage card" ref={home} aria-busy={isBusy}>
      <p class="recording small muted" role="status">
        {isBusy && 'The simulator is at work …'}
      </p>
      <div
        class={`worlds worlds-${shown.length}`}
        tabIndex={0}
        role="group"
        aria-label="Stage. K plays and pauses, the arrow keys step, Home and End go to the ends."
        onKeyDown={onKeyDown}
      >
        {shown.map(({ world, trace }, index) => (
          <section class="world" key={index} aria-label={world.label} data-hash={trace.hash}>
            <h3 class={shown.length > 1 ? `world-name world-name-${'ab'[index]}` : 'world-name'}>
              {world.label}
            </h3>
            <Dots
              trace={trace}
              workers={world.workers}
              away={world.away}
              backoff={world.backoff}
              losses={world.losses}
              cast={world.cast}
              playback={playback}
              label={`Jobs of ${world.label}`}
            />
          </section>
        ))}
      </div>
      <Transport playback={playback} next={steps.next} before={steps.before} onReset={onReset} />
      <Summary shown={shown} playback={playback} />
      {shown.length > 0 && <Waiting shown={shown} playback={playback} />}
      <Legend shown={shown} />
    </div>
  )
}

function stepsOf(shown: readonly Shown[]): Steps {
  const cursors = shown.map(({ world, trace }) => new Film(trace, world))
  return {
    next(time) {
      for (const film of cursors) film.seek(time)
      return Math.min(...cursors.map((film) => film.nextAt))
    },
    before: (time) => Math.max(0, ...cursors.map((film) => film.before(time))),
  }
}

interface WaitingProps {
  readonly shown: readonly Shown[]
  readonly playback: Playback
}

/** How many wait, up to the playhead: what comes is not told. */
function Waiting({ shown, playback }: WaitingProps): JSX.Element {
  const histories = useMemo(() => shown.map(({ trace }) => historyOf(trace)), [shown])
  const tick = useComputed(() => Math.floor((playback.time.value / playback.horizon.value) * 240))
  const lines = useMemo(
    () =>
      shown.map(({ world }, index) => ({
        label: world.label,
        colour: index === 0 ? ('world-a' as const) : ('world-b' as const),
        ys: upTo(histories[index]!, world.curve, playback.time.value),
        dash: index === 1,
      })),
    [histories, tick.value],
  )
  return (
    <Curve
      xLabel="seconds"
      yLabel={shown[0]!.world.curve}
      xs={histories[0]!.xs}
      lines={lines}
      height={200}
      xMax={playback.horizon.value}
      label="How many jobs wait or run, over time; the summary above says it in words"
    />
  )
}

function usePauseOffScreen(home: { readonly current: Element | null }, playback: Playback): void {
  useEffect(() => {
    let isOnScreen = true
    const judge = (): void => void (playback.seen.value = isOnScreen && !document.hidden)
    const observer = new IntersectionObserver((entries) => {
      isOnScreen = entries.at(-1)!.isIntersecting
      judge()
    })
    observer.observe(home.current!)
    document.addEventListener('visibilitychange', judge)
    return () => {
      observer.disconnect()
      document.removeEventListener('visibilitychange', judge)
    }
  }, [playback])
}
