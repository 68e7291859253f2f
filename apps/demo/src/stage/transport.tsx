import type { JSX } from 'preact'
import { speeds, type Playback } from './playback.ts'

interface TransportProps {
  readonly playback: Playback
  /** The time of the next move after this one, and of the last before it. */
  readonly next: (time: number) => number
  readonly before: (time: number) => number
  readonly onReset: () => void
}

/** Play, step, scrub, speed, reset. */
export function Transport({ playback, next, before, onReset }: TransportProps): JSX.Element {
  const time = playback.time.value
  const horizon = playback.horizon.value
  return (
    <div class="transport">
      <div class="row">
        <button type="button" class="primary play" onClick={() => playback.toggle()}>
          {playback.playing.value ? 'Pause' : time >= horizon ? 'Play again' : 'Play'}
        </button>
        <button type="button" aria-label="One step back" onClick={() => playback.pauseAt(before(time))}>
          ‹
        </button>
        <button type="button" aria-label="One step on" onClick={() => playback.pauseAt(next(time))}>
          ›
        </button>
        <button type="button" onClick={onReset}>
          Reset
        </button>
        <label class="chip">
          Speed
          <select
            value={String(playback.speed.value)}
            onChange={({ currentTarget }) => (playback.speed.value = Number(currentTarget.value))}
          >
            {speeds.map((speed) => (
              <option key={speed} value={String(speed)}>
                {speed} ×
              </option>
            ))}
          </select>
        </label>
      </div>
      <label class="scrub">
        <span class="visually-hidden">Time</span>
        <input
          type="range"
          min="0"
          max={horizon}
          step="0.1"
          value={time}
          aria-valuetext={`${time.toFixed(1)} seconds of ${horizon}`}
          onInput={({ currentTarget }) => playback.pauseAt(Number(currentTarget.value))}
        />
        <output class="clock">{time.toFixed(1)} s</output>
      </label>
    </div>
  )
}
