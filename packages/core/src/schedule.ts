import type { Millis } from './job.ts'
import type { NewJob } from './new-job.ts'

export type Missed = 'skip' | 'latest' | { readonly all: number }
export type Overlap = 'skip' | 'queue' | 'allow' | 'cancelPrevious'

/** A stored schedule: a template of a job, and the times it fires at. */
export interface Schedule {
  readonly id: string
  /** Five or six cron fields, or every so many milliseconds from the anchor. */
  readonly spec:
    | { readonly cron: string; readonly timeZone: string }
    | { readonly everyMs: Millis; readonly anchor: Millis }
  readonly missed: Missed
  readonly overlap: Overlap
  readonly template: NewJob
  /** The nominal time of the next occurrence not fired yet; `Infinity` when there is none. */
  readonly nextAt: Millis
  /** The id of the newest job it made; '' before the first. */
  readonly lastJob: string
  readonly paused: boolean
}
