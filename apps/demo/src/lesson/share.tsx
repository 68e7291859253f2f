import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { amend } from '../shell/address.ts'
import type { Playback } from '../stage/playback.ts'

interface ShareProps {
  readonly seed: string
  readonly playback?: Playback
}

/** The link that shows the same again, and other luck. */
export function Share({ seed, playback }: ShareProps): JSX.Element {
  const told = useSignal('')
  const copy = async (): Promise<void> => {
    if (playback !== undefined) {
      playback.playing.value = false
      amend({
        t: playback.time.value === 0 ? undefined : String(playback.time.value),
      })
    }
    try {
      await navigator.clipboard.writeText(location.href)
      told.value = 'Copied. Whoever opens it sees exactly this.'
    } catch {
      told.value = location.href
    }
  }
  return (
    <div class="row share">
      <button type="button" onClick={() => void copy()}>
        Copy the link to this
      </button>
      {playback !== undefined && (
        <>
          <button type="button" onClick={() => amend({ seed: String((Number(seed) % 999_999_999) + 1) })}>
            New luck
          </button>
          <span class="small muted">Seed {seed}</span>
        </>
      )}
      <span class="small" aria-live="polite">
        {told.value}
      </span>
    </div>
  )
}
