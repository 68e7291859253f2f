import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { forkText, turns, type Fork, type Turn } from '../lessons/fork.ts'
import { amend } from '../shell/address.ts'
import type { Playback } from '../stage/playback.ts'

interface ForkBarProps {
  readonly playback: Playback
  readonly fork: Fork | undefined
}

/** From this moment on, something is different in one of two worlds that were one until now. */
export function ForkBar({ playback, fork }: ForkBarProps): JSX.Element {
  const turn = useSignal<Turn>(fork?.turn ?? 'burst')
  const start = (): void => {
    const at = Math.round(playback.time.value * 10) / 10
    amend({ fork: forkText({ at, turn: turn.value }) })
  }
  return (
    <div class="row fork">
      <button type="button" onClick={start}>
        Fork here
      </button>
      <label class="chip">
        <span>and</span>
        <select
          value={turn.value}
          onChange={({ currentTarget }) => (turn.value = currentTarget.value as Turn)}
        >
          {Object.entries(turns).map(([id, words]) => (
            <option key={id} value={id}>
              {words}
            </option>
          ))}
        </select>
      </label>
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
