import type { Plan } from '@millrace/sim'
import type { JSX } from 'preact'
import { numberText } from '../lessons/number-text.ts'

/** How the planner knows: every number of workers it tried, with the interval and the hash of the runs. */
export function Certificate({ plan }: { readonly plan: Plan }): JSX.Element {
  const { probes, seed, confidence } = plan.certificate
  const tried = [...probes].sort((a, b) => a.workers - b.workers)
  return (
    <div class="certificate">
      <h3>The certificate</h3>
      <p>
        {plan.because}. Confidence {numberText(confidence * 100)} %, seed {seed}.
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Numbers of workers tried">
        <table>
          <thead>
            <tr>
              <th scope="col">workers</th>
              <th scope="col">{plan.metric.replace('.', ' ')}</th>
              <th scope="col">interval</th>
              <th scope="col">verdict</th>
            </tr>
          </thead>
          <tbody>
            {tried.map((probe) => (
              <tr key={probe.workers} data-workers={probe.workers}>
                <th scope="row">{probe.workers}</th>
                <td>{probe.value === null ? '–' : numberText(probe.value, 's')}</td>
                <td>
                  {probe.interval === null ? '–' : probe.interval.map((end) => numberText(end)).join(' to ')}
                </td>
                <td>{probe.verdict}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
