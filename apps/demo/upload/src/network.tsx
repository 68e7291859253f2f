import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { gate, isPaused, type Lab } from './lab.ts'
import { gateWords, moods } from './words.ts'

/** The levers: the line to the server, how the server behaves, pause. */
export function Network({ lab: { uploads } }: { readonly lab: Lab }): JSX.Element {
  const isCut = useSignal(false)
  const mood = useSignal('well')
  const apply = (): void => void setMood(isCut.value ? 'cut' : mood.value)
  return (
    <section class="card" aria-labelledby="network">
      <h2 id="network">Network and server</h2>
      <p role="status" class="gate" data-gate={gate.value}>
        {gateWords[gate.value]}
      </p>
      <div class="row levers">
        <button
          type="button"
          role="switch"
          aria-checked={isCut.value}
          onClick={() => {
            isCut.value = !isCut.value
            apply()
          }}
        >
          <span class="lever" aria-hidden="true" />
          Cut the line
        </button>
        <label class="row">
          The server
          <select
            value={mood.value}
            onChange={(event) => {
              mood.value = event.currentTarget.value
              apply()
            }}
          >
            {moods.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          aria-pressed={isPaused.value}
          onClick={() => void (isPaused.value ? uploads.resume() : uploads.pause())}
        >
          {isPaused.value ? 'Go on' : 'Pause'}
        </button>
        {gate.value !== 'online' && (
          <button type="button" onClick={() => uploads.gate.resume()}>
            Try now
          </button>
        )}
      </div>
    </section>
  )
}

async function setMood(mood: string): Promise<void> {
  await fetch(`/lab/mood?is=${mood}`, { method: 'POST', headers: { 'X-Lab': '1' } })
}
