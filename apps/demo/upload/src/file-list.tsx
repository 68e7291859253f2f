import type { State } from 'millrace'
import type { ComponentChildren, JSX } from 'preact'
import { FileRow } from './file-row.tsx'
import type { Lab } from './lab.ts'
import { look, most } from './look.ts'

interface FileListProps {
  readonly lab: Lab
  readonly title: string
  readonly states: readonly State[]
  readonly empty: string
  readonly children?: ComponentChildren
}

/** All jobs of some states. */
export function FileList({ lab, title, states, empty, children }: FileListProps): JSX.Element {
  const id = title.toLowerCase().replaceAll(' ', '-')
  const jobs = look.value.jobs.filter(({ state }) => states.includes(state))
  const count = countOf(states)
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span class="muted">({count})</span>
      </h2>
      {count === 0 && <p class="muted">{empty}</p>}
      {children}
      <ul class="files">
        {jobs.map((job) => (
          <FileRow key={job.id} lab={lab} job={job} />
        ))}
      </ul>
      {jobs.length < count && (
        <button type="button" onClick={() => (most.value += 100)}>
          Show more
        </button>
      )}
    </section>
  )
}

export function countOf(states: readonly State[]): number {
  return states.reduce((sum, state) => sum + (look.value.counts[state] ?? 0), 0)
}
