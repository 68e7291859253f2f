import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { theme } from '../shell/theme.ts'

export interface CurveLine {
  readonly label: string
  readonly colour: 'world-a' | 'world-b' | 'theory'
  readonly ys: readonly (number | null)[]
  readonly dash?: boolean
  readonly points?: boolean
  /** Ends of intervals, drawn as whiskers. */
  readonly whiskers?: readonly (readonly [number, number] | null)[]
}

interface CurveProps {
  readonly xLabel: string
  readonly yLabel: string
  readonly xs: readonly number[]
  readonly lines: readonly CurveLine[]
  readonly height?: number
  readonly xMax?: number
  readonly label: string
}

/** A curve of uPlot in the page's colours. */
export function Curve(props: CurveProps): JSX.Element {
  const home = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(props)
  latest.current = props
  const shape = props.lines.map(({ label }) => label).join('|')

  useEffect(() => {
    const made = new uPlot(optionsOf(props, home.current!, latest), dataOf(props), home.current!)
    plot.current = made
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry!.contentRect.width)
      if (width > 0 && width !== made.width) made.setSize({ width, height: made.height })
    })
    observer.observe(home.current!)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [theme.value, shape, props.xLabel, props.yLabel, props.xMax])

  useEffect(() => plot.current?.setData(dataOf(props)), [props.xs, props.lines])

  return <div class="curve" ref={home} role="img" aria-label={props.label} />
}

function dataOf({ xs, lines }: CurveProps): uPlot.AlignedData {
  return [[...xs], ...lines.map(({ ys }) => [...ys])]
}

function optionsOf(
  { xLabel, yLabel, lines, height = 260, xMax }: CurveProps,
  home: Element,
  latest: { readonly current: CurveProps },
): uPlot.Options {
  const style = getComputedStyle(home)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const size = Math.round(parseFloat(style.fontSize) * 0.8)
  const axis = (label: string): uPlot.Axis => ({
    label,
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
    font: `${size}px system-ui`,
    labelFont: `${size}px system-ui`,
    labelSize: size * 2,
  })
  return {
    width: Math.max(200, home.clientWidth),
    height,
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: { time: false, ...(xMax !== undefined && { range: [0, xMax] }) },
      y: { range: [0, null] as never },
    },
    axes: [axis(xLabel), { ...axis(yLabel), size: size * 4.6 }],
    series: [
      {},
      ...lines.map((line): uPlot.Series => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 2,
        ...(line.dash === true && { dash: [6, 5] }),
        points: { show: line.points === true, size: 7, fill: colour(line.colour) },
        spanGaps: true,
      })),
    ],
    hooks: { draw: [(plot) => whiskers(plot, latest.current, colour)] },
  }
}

function whiskers(plot: uPlot, { lines, xs }: CurveProps, colour: (name: string) => string): void {
  const { ctx } = plot
  for (const line of lines) {
    ctx.strokeStyle = colour(line.colour)
    ctx.lineWidth = 1.5 * devicePixelRatio
    line.whiskers?.forEach((ends, index) => {
      if (ends === null) return
      const x = plot.valToPos(xs[index]!, 'x', true)
      ctx.beginPath()
      ctx.moveTo(x, plot.valToPos(ends[0], 'y', true))
      ctx.lineTo(x, plot.valToPos(ends[1], 'y', true))
      ctx.stroke()
    })
  }
}
