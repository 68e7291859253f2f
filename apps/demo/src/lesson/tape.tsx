import type { JSX } from 'preact'
import type { Frame } from '../kernel/frame.ts'
import { amend } from '../shell/address.ts'

interface TapeProps {
  readonly frames: readonly Frame[]
  readonly deeds: readonly string[]
  readonly at: number
  /** The deeds of the branch that was left at a fork. */
  readonly other: string | undefined
}

/** What was done so far: step back, go on, do something else from there. */
export function Tape({ frames, deeds, at, other }: TapeProps): JSX.Element {
  const last = frames.length - 1
  const go = (to: number): void => amend({ at: to >= last ? undefined : String(Math.max(0, to)) })
  return (
    <div class="transport">
      <div class="row">
        <button type="button" aria-label="One step back" aria-disabled={at <= 0} onClick={() => go(at - 1)}>
          ‹
        </button>
        <button type="button" aria-label="One step on" aria-disabled={at >= last} onClick={() => go(at + 1)}>
          ›
        </button>
        <button type="button" onClick={() => amend({ deeds: undefined, at: undefined, other: undefined })}>
          Reset
        </button>
        {other !== undefined && (
          <button
            type="button"
            onClick={() => amend({ deeds: other, other: deeds.join('~'), at: undefined })}
          >
            Go to the other branch
          </button>
        )}
        <span class="small muted">{at < last ? 'Do something else here, and the story forks.' : ''}</span>
      </div>
      <label class="scrub">
        <span class="visually-hidden">Step</span>
        <input
          type="range"
          min="0"
          max={Math.max(1, last)}
          step="1"
          value={at}
          aria-valuetext={`step ${at} of ${last}`}
          onInput={({ currentTarget }) => go(Number(currentTarget.value))}
        />
        <output class="clock">
          {at} / {Math.max(0, last)}
        </output>
      </label>
    </div>
  )
}
