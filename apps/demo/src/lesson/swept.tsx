import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { statistics } from '../kernel/kernel.ts'
import type { Figure, Sweep } from '../lessons/lesson.ts'
import { Curve, type CurveLine } from './curve.tsx'
import { numberText, spreadText } from '../lessons/number-text.ts'

type Points = readonly (readonly (Figure | undefined)[])[]

/** A curve over one setting, filled in point by point, with intervals and theory, and the same as a table. */
export function Swept({ sweep }: { readonly sweep: Sweep }): JSX.Element {
  const { xs, lines, xLabel, yLabel } = sweep
  const points = useSignal<Points>(lines.map(() => []))
  const question = JSON.stringify(lines.map((line) => xs.map((x) => line.question(x))))
  useEffect(() => {
    let isCurrent = true
    points.value = lines.map(() => [])
    void (async () => {
      for (const [index, x] of xs.entries())
        for (const [number, line] of lines.entries()) {
          const { scenario, replications } = line.question(x)
          const figure = line.figure(await statistics.measure(scenario, replications))
          if (!isCurrent) return
          points.value = points.value.map((row, at) => (at === number ? replaced(row, index, figure) : row))
        }
    })()
    return () => {
      isCurrent = false
    }
  }, [question])

  const curves = useMemo(() => linesOf(sweep, points.value), [sweep, points.value])
  return (
    <figure class="swept">
      <Curve
        xLabel={xLabel}
        yLabel={yLabel}
        xs={xs}
        lines={curves}
        label={`${yLabel} over ${xLabel}; the table below has the numbers`}
      />
      <figcaption class="small">
        <ul class="keys">
          {curves.map(({ label, colour, dash }) => (
            <li class="chip" key={label}>
              <svg class={`key key-${colour}`} viewBox="0 0 30 10" width="30" height="10" aria-hidden="true">
                <path d="M0 5h30" stroke-dasharray={dash === true ? '6 4' : 'none'} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
        <details>
          <summary>The same as a table</summary>
          <PointTable sweep={sweep} points={points.value} />
        </details>
      </figcaption>
    </figure>
  )
}

function replaced(
  row: readonly (Figure | undefined)[],
  index: number,
  figure: Figure,
): (Figure | undefined)[] {
  const next = [...row]
  next[index] = figure
  return next
}

function linesOf({ xs, lines }: Sweep, points: Points): CurveLine[] {
  const colours = ['world-a', 'world-b'] as const
  return lines.flatMap(({ label }, number): CurveLine[] => {
    const row = points[number] ?? []
    const measured: CurveLine = {
      label: `${label}, simulated`,
      colour: colours[number]!,
      ys: xs.map((_, index) => row[index]?.value ?? null),
      points: true,
      whiskers: xs.map((_, index) => row[index]?.ci ?? null),
    }
    if (!row.some((figure) => figure?.theory !== undefined)) return [measured]
    const ys = xs.map((_, index) => row[index]?.theory ?? null)
    return [measured, { label: `${label}, theory`, colour: 'theory', ys, dash: true }]
  })
}

function PointTable({
  sweep: { xs, lines, xLabel },
  points,
}: {
  readonly sweep: Sweep
  readonly points: Points
}): JSX.Element {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The curve as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {lines.map(({ label }) => (
              <th scope="col" key={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {xs.map((x, index) => (
            <tr key={x}>
              <th scope="row">{x}</th>
              {lines.map(({ label }, number) => (
                <td key={label}>{cellText(points[number]?.[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function cellText(figure: Figure | undefined): string {
  if (figure === undefined) return '…'
  const theory = figure.theory === undefined ? '' : `, theory ${numberText(figure.theory, figure.unit)}`
  return `${numberText(figure.value, figure.unit)} ${spreadText(figure.ci ?? null)}${theory}`
}
