import type { DeadReason, BlockedReason, State } from '@millrace/core'
import type { HandBench } from './hand-bench.ts'

/** One job as the reader sees it. */
export interface JobView {
  readonly id: string
  readonly name: string
  readonly state: State
  readonly reason?: DeadReason | BlockedReason
  readonly owner: string
  readonly attempt: number
  readonly epoch: number
  readonly failures: number
  readonly crashes: number
  readonly generation: number
  /** Share of the lease that is left. */
  readonly ring?: number
  /** Share of the backoff that is left. */
  readonly wedge?: number
}

/** Something the reader may do now, or why not. */
export interface Offer {
  readonly id: string
  readonly label: string
  readonly why?: string
}

/** A row of what the outside world has seen: effects, which no queue can take back. */
export interface Effect {
  readonly text: string
  readonly kind: 'done' | 'refused' | 'undone'
}

/** Everything after one deed. */
export interface Frame {
  /** Seconds since the start. */
  readonly now: number
  readonly told: string
  readonly jobs: readonly JobView[]
  readonly effects: readonly Effect[]
  readonly offers: readonly Offer[]
  /** What the core answers to "why is this job not running?". */
  readonly explains: string
  readonly figures: Readonly<Record<string, number>>
}

export interface Script {
  readonly deeds: readonly Deed[]
  begin?(bench: HandBench): Promise<void>
  figures?(bench: HandBench): Readonly<Record<string, number>>
}

export interface Deed {
  readonly id: string
  readonly label: string
  /** Why it cannot be done now; nothing if it can. */
  hindrance(bench: HandBench): string | undefined
  /** Does it; answers what happened, in one sentence. */
  perform(bench: HandBench): Promise<string>
}
