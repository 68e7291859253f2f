import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { gate, type Lab } from './lab.ts'
import { look } from './look.ts'
import { cut, isCut, mood, readWhenSeen, setMood } from './server-mood.ts'
import { gateWords, moods } from './words.ts'

/** The levers: the line to the server, how the server behaves, pause. */
export function Network({ lab: { uploads } }: { readonly lab: Lab }): JSX.Element {
  const { isPaused } = look.value
  useEffect(readWhenSeen, [])
  return (
    <section class="card" aria-labelledby="network">
      <h2 id="network">Network and server</h2>
      <p role="status" class="gate" data-gate={gate.value}>
        {gateWords[gate.value]}
      </p>
      <div class="row levers">
        <button type="button" role="switch" aria-checked={isCut.value} onClick={() => cut(!isCut.value)}>
          <span class="lever" aria-hidden="true" />
          Cut the line
        </button>
        <label class="row">
          The server
          <select value={mood.value} onChange={({ currentTarget }) => setMood(currentTarget.value)}>
            {moods.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          aria-pressed={isPaused}
          onClick={() => void (isPaused ? uploads.resume() : uploads.pause())}
        >
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        {gate.value !== 'online' && (
          <button type="button" onClick={() => uploads.gate.resume()}>
            Try now
          </button>
        )}
      </div>
      <p class="muted small" data-consequence>
        {isCut.value
          ? 'Every request is broken off, whatever the server would do. The files wait here.'
          : moods.find(([value]) => value === mood.value)?.[2]}
      </p>
    </section>
  )
}
