import type { State } from '@millrace/core'
import type { JSX } from 'preact'
import type { JobView } from '../kernel/frame.ts'
import { Mark } from '../marks/mark.tsx'
import { markOf } from '../marks/marks.ts'

/** Where each state stands on the map, in columns of a third and rows of a third. */
const places: Readonly<Record<State, readonly [column: number, row: number]>> = {
  scheduled: [0, 0],
  blocked: [1, 0],
  cancelled: [2, 0],
  enqueued: [0, 1],
  processing: [1, 1],
  completed: [2, 1],
  expired: [0, 2],
  retrying: [1, 2],
  dead: [2, 2],
}

const states = Object.keys(places) as State[]

/** All nine states, and where each job is. */
export function StateMap({ jobs }: { readonly jobs: readonly JobView[] }): JSX.Element {
  return (
    <div class="state-map" role="group" aria-label="The nine states of a job">
      {states.map((state) => (
        <StateBox key={state} state={state} jobs={jobs.filter((job) => job.state === state)} />
      ))}
    </div>
  )
}

function StateBox({
  state,
  jobs,
}: {
  readonly state: State
  readonly jobs: readonly JobView[]
}): JSX.Element {
  const [column, row] = places[state]
  return (
    <div
      class={jobs.length > 0 ? 'state-box state-box-here' : 'state-box'}
      style={{ gridColumn: column + 1, gridRow: row + 1, '--own': `var(--state-${state})` }}
    >
      <span class="state-name">
        <Mark state={state} /> {state}
      </span>
      <span class="small muted state-says">{markOf[state].says}</span>
      <span class="tokens">
        {jobs.map((job) => (
          <span class="token" key={job.id}>
            {job.name}
          </span>
        ))}
      </span>
    </div>
  )
}
