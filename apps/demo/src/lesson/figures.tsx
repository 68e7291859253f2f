import type { JSX } from 'preact'
import type { Figure } from '../lessons/lesson.ts'
import { numberText, spreadText } from '../lessons/number-text.ts'

interface FiguresProps {
  /** By world. */
  readonly labels: readonly string[]
  readonly figures: readonly (readonly Figure[])[]
  readonly jobs: number
}

/** Numbers with their intervals, and what theory says where it says something. */
export function Figures({ labels, figures, jobs }: FiguresProps): JSX.Element {
  const rows = figures[0]!
  const hasTheory = figures.some((world) => world.some(({ theory }) => theory !== undefined))
  return (
    <div class="figures scroll" tabIndex={0} role="region" aria-label="The numbers">
      <table>
        <caption class="small muted">
          95 % intervals, from {jobs.toLocaleString('en-GB')} simulated jobs
          {hasTheory ? '; theory where there is one' : ''}
        </caption>
        <thead>
          <tr>
            <td />
            {labels.map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label }, row) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {figures.map((world, index) => (
                <td key={labels[index]} data-figure={`${index}/${row}`}>
                  <Cell figure={world[row]!} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ figure: { value, ci, theory, unit } }: { readonly figure: Figure }): JSX.Element {
  return (
    <>
      <strong>{numberText(value, unit)}</strong>{' '}
      {ci !== undefined && <span class="muted small">{spreadText(ci)}</span>}
      {theory !== undefined && <span class="theory small">theory {numberText(theory, unit)}</span>}
    </>
  )
}
