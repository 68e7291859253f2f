import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { forkable, forkText, turns, type Fork, type Turn } from '../lessons/fork.ts'
import type { FilmLesson, Values } from '../lessons/lesson.ts'
import { amend } from '../shell/address.ts'
import type { Playback } from '../stage/playback.ts'
import { Knob } from './settings.tsx'

interface ForkBarProps {
  readonly lesson: FilmLesson
  readonly values: Values
  readonly playback: Playback
  readonly fork: Fork | undefined
}

/** From this moment on, something is different in one of two worlds that were one until now. */
export function ForkBar({ lesson, values, playback, fork }: ForkBarProps): JSX.Element {
  const what = useSignal<string>('burst')
  const value = useSignal('')
  const settings = forkable(lesson)
  const setting = settings.find(({ id }) => id === what.value)
  const choose = (id: string): void => {
    what.value = id
    value.value = values[id] ?? ''
  }
  const start = (): void => {
    const at = Math.round(playback.time.value * 10) / 10
    amend({
      fork: forkText(
        setting === undefined ? { at, turn: what.value as Turn } : { at, setting, value: value.value },
      ),
    })
  }
  return (
    <div class="row fork">
      <button type="button" onClick={start}>
        Fork here
      </button>
      <label class="chip">
        <span>and</span>
        <select
          aria-label="What is different from here on"
          value={what.value}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {Object.entries(turns).map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
          {settings.map(({ id, label }) => (
            <option key={id} value={id}>
              set: {label}
            </option>
          ))}
        </select>
      </label>
      {setting !== undefined && (
        <Knob setting={setting} value={value.value} onChange={(_, next) => (value.value = next)} />
      )}
      {fork === undefined ? (
        <span class="small muted">One past, two futures: the same luck, and one thing different.</span>
      ) : (
        <button type="button" onClick={() => amend({ fork: undefined })}>
          Undo the fork at {fork.at.toFixed(1)} s
        </button>
      )}
    </div>
  )
}
