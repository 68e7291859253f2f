import type { JobView } from 'millrace'
import type { JSX } from 'preact'
import { hindranceText } from '../../src/words/hindrance-text.ts'
import { gate, type Lab } from './lab.ts'
import { look } from './look.ts'
import { clockWords, gateHolds } from './words.ts'

interface InsideProps {
  readonly lab: Lab
  readonly job: JobView
}

/** All that the queue knows of one job. */
export function Inside({ lab, job }: InsideProps): JSX.Element {
  return (
    <div class="inside">
      <Why lab={lab} job={job} />
      <Facts job={job} />
      <History job={job} />
      <details>
        <summary>As it is stored</summary>
        <pre tabIndex={0} role="region" aria-label="The stored row">
          {JSON.stringify(job, undefined, 2)}
        </pre>
      </details>
    </div>
  )
}

/** Why is it not running, and when may it start? */
function Why({ lab: { tab }, job }: InsideProps): JSX.Element | null {
  const explanation = look.value.explanations.get(job.id)
  if (explanation === undefined) return null
  const reasons = explanation.hindrances.map((hindrance) =>
    hindranceText(
      hindrance.kind === 'running'
        ? { ...hindrance, owner: hindrance.owner === tab.owner ? 'this tab' : 'another tab' }
        : hindrance,
      Date.now(),
    ),
  )
  const held = ['enqueued', 'scheduled'].includes(job.state) ? gateHolds[gate.value] : undefined
  return (
    <p class="why">
      <strong>Explain:</strong> {[...reasons, ...(held === undefined ? [] : [held])].join('; ')}.
    </p>
  )
}

function Facts({ job }: Pick<InsideProps, 'job'>): JSX.Element {
  const facts = [
    ['Job', job.id],
    ['State', job.state],
    ['Attempts', job.attempt],
    ['Failures', job.failures],
    ['Crashes', job.crashes],
    ['Put off', job.snoozes],
    ['Sent round again', job.generation],
  ] as const
  return (
    <dl class="facts">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt class="muted">{term}</dt>
          <dd data-fact={term}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function History({ job }: Pick<InsideProps, 'job'>): JSX.Element {
  return (
    <ol class="log">
      <li>{clockWords(job.createdAt)} accepted</li>
      {job.errors.map(({ at, attempt, message }) => (
        <li key={`${attempt} ${at}`}>
          {clockWords(at)} attempt {attempt}: {message}
        </li>
      ))}
      {job.log.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
      <li>
        {clockWords(job.since)} {job.state}
      </li>
    </ol>
  )
}
