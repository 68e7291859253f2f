import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Prediction, Verdict } from '../lessons/lesson.ts'

interface PredictProps {
  readonly prediction: Prediction
  /** The reader's guess; '-' if none was wanted. */
  readonly guess: string | undefined
  readonly verdict: Verdict | undefined
  readonly onGuess: (guess: string | undefined) => void
}

/** Asks before it tells. */
export function Predict({ prediction, guess, verdict, onGuess }: PredictProps): JSX.Element {
  return (
    <section class="card predict" aria-labelledby="predict-title">
      <h2 id="predict-title">{guess === undefined || guess === '-' ? 'Guess first' : 'Your guess'}</h2>
      {guess === undefined ? (
        <Ask prediction={prediction} onGuess={onGuess} />
      ) : (
        <Told prediction={prediction} guess={guess} verdict={verdict} onGuess={onGuess} />
      )}
    </section>
  )
}

function Ask({ prediction, onGuess }: Pick<PredictProps, 'prediction' | 'onGuess'>): JSX.Element {
  const { ask, choices, range } = prediction
  const [value, setValue] = useState(
    range === undefined ? '' : String(Math.round((range.min + range.max) / 2 / range.step) * range.step),
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (value !== '') onGuess(value)
      }}
    >
      {choices !== undefined && (
        <fieldset>
          <legend>{ask}</legend>
          {choices.map(([id, label]) => (
            <label class="choice" key={id}>
              <input
                type="radio"
                name="guess"
                value={id}
                checked={value === id}
                onChange={() => setValue(id)}
              />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      )}
      {range !== undefined && (
        <label class="knob">
          <span>{ask}</span>
          <input
            type="range"
            min={range.min}
            max={range.max}
            step={range.step}
            value={value}
            aria-valuetext={`${value} ${range.unit}`}
            onInput={({ currentTarget }) => setValue(currentTarget.value)}
          />
          <output class="guess-value">{`${value} ${range.unit}`.trim()}</output>
        </label>
      )}
      <div class="row">
        <button type="submit" class="primary" aria-disabled={value === ''}>
          That is my guess
        </button>
        <button type="button" onClick={() => onGuess('-')}>
          Just show me
        </button>
      </div>
    </form>
  )
}

function Told({
  prediction,
  guess,
  verdict,
  onGuess,
}: PredictProps & { readonly guess: string }): JSX.Element {
  const label = prediction.choices?.find(([id]) => id === guess)?.[1]
  const unit = prediction.range?.unit ?? ''
  return (
    <div>
      <p class="muted">{prediction.ask}</p>
      {guess !== '-' && (
        <p>
          You said: <strong>{label ?? `${guess} ${unit}`}</strong>
        </p>
      )}
      <p class="verdict" aria-live="polite" data-right={verdict?.right}>
        {verdict === undefined
          ? 'The simulator is counting …'
          : `${judgement(guess, verdict, prediction)}${verdict.says}`}
      </p>
      <button type="button" onClick={() => onGuess(undefined)}>
        Guess again
      </button>
    </div>
  )
}

/** What the answer makes of the guess. */
function judgement(guess: string, { right }: Verdict, { choices, range }: Prediction): string {
  const answer = choices?.find(([id]) => id === right)?.[1]
  if (answer !== undefined) return `${guess === '-' ? '' : guess === right ? 'Yes. ' : 'No. '}${answer} `
  if (guess === '-') return ''
  const distance = Math.abs(Number(guess) - Number(right))
  // No guess can be nearer than half a step.
  if (distance <= Math.max(Math.abs(Number(right)) * 0.1, range!.step / 2)) return 'Very close. '
  const off = Math.round(distance)
  const unit = range!.unit === 'times' ? '' : ` ${range!.unit}`
  return `Too ${Number(guess) > Number(right) ? 'high' : 'low'} by ${off === 1 ? 'one' : `${off}${unit}`}. `
}
