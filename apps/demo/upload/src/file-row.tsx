import type { JobView } from 'millrace'
import type { UploadPayload } from 'millrace/browser'
import type { JSX } from 'preact'
import { Mark } from '../../src/marks/mark.tsx'
import { Inside } from './inside.tsx'
import type { Lab } from './lab.ts'
import { opened } from './look.ts'
import { sizeWords, stateWords } from './words.ts'

interface FileRowProps {
  readonly lab: Lab
  readonly job: JobView
}

/** One file: what it is, how far it is, what can be done, and what the queue knows of it. */
export function FileRow({ lab, job }: FileRowProps): JSX.Element {
  const { name, size } = job.payload as UploadPayload
  const share = job.state === 'completed' ? 1 : (job.progress ?? 0)
  const isOpen = opened.value.has(job.id)
  return (
    <li class="file" data-file={name} data-state={job.state}>
      <span class="file-name">
        <Mark state={job.state} />
        <span>
          {name} <span class="muted small">{sizeWords(size)}</span>
        </span>
      </span>
      <span class="file-state small">{stateWords[job.state]}</span>
      <progress max={1} value={share} aria-label={`${name}: sent`} />
      <span class="row file-deeds">
        <Deeds lab={lab} job={job} name={name} />
      </span>
      {job.state === 'dead' && <p class="note small file-more">{job.error?.message ?? job.reason}</p>}
      <details
        class="file-more small"
        open={isOpen}
        onToggle={(event) => show(job.id, event.currentTarget.open)}
      >
        <summary>Inspect {name}</summary>
        {isOpen && <Inside lab={lab} job={job} />}
      </details>
    </li>
  )
}

function show(id: string, isOpen: boolean): void {
  if (isOpen === opened.peek().has(id)) return
  const next = new Set(opened.peek())
  if (isOpen) next.add(id)
  else next.delete(id)
  opened.value = next
}

function Deeds({
  lab: { runtime, uploads },
  job,
  name,
}: FileRowProps & { readonly name: string }): JSX.Element | null {
  if (['completed', 'cancelled', 'expired'].includes(job.state)) return null
  if (job.state !== 'dead')
    return (
      <button type="button" aria-label={`Cancel ${name}`} onClick={() => void uploads.cancel(job.id)}>
        Cancel
      </button>
    )
  const ids = [job.id]
  return (
    <>
      <button
        type="button"
        aria-label={`Redrive ${name}`}
        onClick={() => void runtime.deadLetters.redrive({ ids })}
      >
        Redrive
      </button>
      <button
        type="button"
        aria-label={`Discard ${name}`}
        onClick={() => void runtime.deadLetters.discard({ ids })}
      >
        Discard
      </button>
    </>
  )
}
