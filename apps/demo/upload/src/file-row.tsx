import type { JobView } from 'millrace'
import type { UploadPayload } from 'millrace/browser'
import type { JSX } from 'preact'
import { Mark } from '../../src/marks/mark.tsx'
import type { Lab } from './lab.ts'
import { sizeWords, stateWords } from './words.ts'

interface FileRowProps {
  readonly lab: Lab
  readonly job: JobView
}

/** One file: what it is, how far it is, and all that happened to it. */
export function FileRow({ lab, job }: FileRowProps): JSX.Element {
  const { name, size } = job.payload as UploadPayload
  const share = job.state === 'completed' ? 1 : (job.progress ?? 0)
  return (
    <li class="file">
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
      <details class="file-more small">
        <summary>What happened to {name}</summary>
        <History job={job} />
      </details>
    </li>
  )
}

function Deeds({
  lab: { runtime, uploads },
  job,
  name,
}: FileRowProps & { readonly name: string }): JSX.Element | null {
  if (job.state === 'completed') return null
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
        aria-label={`Send ${name} again`}
        onClick={() => void runtime.deadLetters.redrive({ ids })}
      >
        Send again
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

function History({ job }: { readonly job: JobView }): JSX.Element {
  const counts = [
    ['Job', job.id],
    ['State', job.state],
    ['Attempts', job.attempt],
    ['Failures', job.failures],
    ['Crashes', job.crashes],
    ['Put off', job.snoozes],
  ] as const
  return (
    <>
      <dl class="facts">
        {counts.map(([term, value]) => (
          <div key={term}>
            <dt class="muted">{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ul class="log">
        {job.errors.map((error) => (
          <li key={`${error.attempt} ${error.at}`}>
            Attempt {error.attempt}: {error.message}
          </li>
        ))}
        {job.log.map((line, index) => (
          <li key={index}>{line}</li>
        ))}
      </ul>
    </>
  )
}
