import { effect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { theme } from '../shell/theme.ts'
import type { Away } from './away.ts'
import { Film } from './film.ts'
import { Painter, type Cast } from './painter.ts'
import { stagePlan } from './plan.ts'
import type { Playback } from './playback.ts'
import { Sprites } from './sprites.ts'
import type { Trace } from '../kernel/trace.ts'

interface DotsProps {
  readonly trace: Trace
  readonly workers: number
  readonly away: Away | undefined
  readonly backoff: boolean
  readonly losses: string | undefined
  readonly cast: Cast
  readonly playback: Playback
  readonly label: string
}

const calm = matchMedia('(prefers-reduced-motion: reduce)')

/** The mechanism: every job of one world as a mark on a canvas. */
export function Dots({
  trace,
  workers,
  away,
  backoff,
  losses,
  cast,
  playback,
  label,
}: DotsProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const film = useMemo(() => new Film(trace, { workers, away }), [trace, workers, away])
  const text = parseFloat(getComputedStyle(document.documentElement).fontSize)
  const plan = useMemo(
    () =>
      stagePlan({
        width,
        lines: cast.lineNames.length,
        workers,
        backoff,
        losses: losses !== undefined,
        text,
      }),
    [width, cast, workers, backoff, losses, text],
  )

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)))
    observer.observe(canvas.current!.parentElement!)
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    if (width === 0) return
    return paintAlways(canvas.current!, { film, plan, cast, width, playback })
  }, [film, plan, cast, width, playback, theme.value])

  return (
    <div class="dots">
      <canvas ref={canvas} role="img" aria-label={label} style={{ height: `${plan.height}px` }} />
    </div>
  )
}

interface Painting {
  readonly film: Film
  readonly plan: ReturnType<typeof stagePlan>
  readonly cast: Cast
  readonly width: number
  readonly playback: Playback
}

/** Draws whenever the playhead moves, and on until the last job has come to rest; sleeps meanwhile. */
function paintAlways(canvas: HTMLCanvasElement, { film, plan, cast, width, playback }: Painting): () => void {
  const ratio = Math.min(3, window.devicePixelRatio || 1)
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(plan.height * ratio)
  const context = canvas.getContext('2d')!
  const painter = new Painter(
    context,
    new Sprites(canvas, Math.round(plan.cell * 1.18), ratio),
    film,
    plan,
    cast,
  )
  let frame = 0
  let last = 0
  const paint = (now: number): void => {
    frame = 0
    const elapsed = Math.min(100, now - last) / 1_000
    last = now
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, plan.height)
    const isSettled = painter.draw(elapsed, calm.matches)
    if (!isSettled) frame = requestAnimationFrame(paint)
  }
  const stop = effect(() => {
    const time = playback.time.value
    const jumped = Math.abs(time - film.time) > 2.5 + playback.speed.peek() / 5
    if (!film.seek(time) || jumped) painter.jump()
    if (frame === 0) {
      last = performance.now() - 16
      frame = requestAnimationFrame(paint)
    }
  })
  return () => {
    stop()
    cancelAnimationFrame(frame)
  }
}
