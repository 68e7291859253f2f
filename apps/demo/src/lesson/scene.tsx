import type { JSX } from 'preact'
import type { Frame, JobView } from '../kernel/frame.ts'
import type { HandPart, Values } from '../lessons/lesson.ts'
import { Mark } from '../marks/mark.tsx'
import { numberText } from '../lessons/number-text.ts'
import { StateMap } from './state-map.tsx'

interface SceneProps {
  readonly frame: Frame
  /** All up to this one. */
  readonly frames: readonly Frame[]
  readonly part: HandPart
  readonly values: Values
}

/** The jobs on the map of states, what the core says of them, what the world has seen, what is reached. */
export function Scene({ frame, frames, part, values }: SceneProps): JSX.Element {
  return (
    <div class="scene">
      <StateMap jobs={frame.jobs} />
      <div class="scene-words">
        <p class="told" aria-live="polite" data-told>
          {frame.told === '' ? 'Nothing has happened yet.' : frame.told}
        </p>
        <p class="small muted">
          {numberText(frame.now)} s on the clock. {frame.explains}
        </p>
        <Jobs jobs={frame.jobs} />
        {frame.effects.length > 0 && <Effects effects={frame.effects} />}
        <dl class="tally">
          {Object.entries(part.figures).map(([name, label]) => (
            <div key={name}>
              <dt>{label}</dt>
              <dd data-tally={name}>{frame.figures[name] ?? 0}</dd>
            </div>
          ))}
        </dl>
        <Goals frames={frames} part={part} values={values} />
      </div>
    </div>
  )
}

function Jobs({ jobs }: { readonly jobs: readonly JobView[] }): JSX.Element {
  return (
    <ul class="jobs">
      {jobs.map((job) => (
        <li key={job.id} data-job={job.id} data-state={job.state}>
          <Mark
            state={job.state}
            {...(job.ring !== undefined && { ring: job.ring })}
            {...(job.wedge !== undefined && { wedge: job.wedge })}
          />
          <strong>{job.name}</strong> {job.state}
          {job.reason !== undefined && ` (${job.reason})`}
          {job.owner !== '' && `, held by ${job.owner}`}
          <span class="muted small">
            attempt {job.attempt}, token {job.epoch}
          </span>
        </li>
      ))}
    </ul>
  )
}

const effectSays = { done: 'Done', refused: 'Refused', undone: 'Undone' } as const

function Effects({ effects }: Pick<Frame, 'effects'>): JSX.Element {
  return (
    <div>
      <h3>What the world has seen</h3>
      <ol class="effects">
        {effects.map(({ kind, text }, index) => (
          <li key={index} class={`effect-${kind}`}>
            <strong>{effectSays[kind]}:</strong> {text}
          </li>
        ))}
      </ol>
    </div>
  )
}

function Goals({ frames, part, values }: Omit<SceneProps, 'frame'>): JSX.Element {
  const reached = part.goals.map((goal) => frames.some((frame) => goal.reached(frame, values)))
  return (
    <div>
      <h3>
        Reached {reached.filter(Boolean).length} of {reached.length}
      </h3>
      <ul class="goals small">
        {part.goals.map(({ label }, index) => (
          <li key={label} data-reached={reached[index]}>
            <span aria-hidden="true">{reached[index] ? '✓' : '○'}</span> {label}
            <span class="visually-hidden">{reached[index] ? ', reached' : ', not yet'}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
