import type { State } from '@millrace/core'
import type { JSX } from 'preact'
import { markOf } from './marks.ts'

interface MarkProps {
  readonly state: State
  /** Share of the lease that is left, 0 to 1. */
  readonly ring?: number
  /** Share of the backoff that is left, 0 to 1. */
  readonly wedge?: number
  /** In em. */
  readonly size?: number
}

/** The mark of one state; whoever uses it says the state in words beside it. */
export function Mark({ state, ring, wedge, size = 1.25 }: MarkProps): JSX.Element {
  const { path, filled } = markOf[state]
  const colour = `var(--state-${state})`
  return (
    <svg class="mark" viewBox="-4 -4 32 32" width={`${size}em`} height={`${size}em`} aria-hidden="true">
      <path
        d={path}
        style={{ fill: filled ? colour : 'none', stroke: colour }}
        stroke-width="2.2"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
      {ring !== undefined && (
        <circle
          cx="12"
          cy="12"
          r="14"
          style={{ fill: 'none', stroke: colour }}
          stroke-width="2.5"
          stroke-dasharray={`${ring * 88} 88`}
          transform="rotate(-90 12 12)"
        />
      )}
      {wedge !== undefined && <path d={wedgePath(wedge)} style={{ fill: colour, opacity: 0.35 }} />}
    </svg>
  )
}

/** A slice of a disc, from the top clockwise. */
function wedgePath(share: number): string {
  const angle = Math.min(0.9999, Math.max(0, share)) * 2 * Math.PI
  const x = 12 + 14 * Math.sin(angle)
  const y = 12 - 14 * Math.cos(angle)
  return `M12 12V-2A14 14 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}Z`
}
