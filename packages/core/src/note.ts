import type { Body } from './body.ts'
import { bounds } from './bounds.ts'
import { heldJob, type Held } from './held.ts'
import type { Extras } from './job.ts'
import type { Moment } from './moment.ts'
import type { Rows } from './rows.ts'

/** What a running handler leaves on its job. */
export interface NoteRequest extends Held {
  /** 0 to 1; the newest counts. */
  readonly progress?: number
  readonly lines?: readonly string[]
  /** The result of a step, so that a retry need not do it again. */
  readonly step?: { readonly name: string; readonly result: Body }
}

/** Fenced like every write of a handler: `lost` means the lease is gone and nothing was changed. */
export function note(rows: Rows, request: NoteRequest, _at: Moment): { readonly outcome: 'noted' | 'lost' } {
  const job = heldJob(rows, request)
  if (job === undefined) return { outcome: 'lost' }
  const noted = rows.put({ ...job, extras: withNote(job.extras, request) })
  if (rows.listening && request.progress !== undefined) rows.emit({ type: 'progress', job: noted })
  return { outcome: 'noted' }
}

function withNote(extras: Extras, { progress, lines, step }: NoteRequest): Extras {
  return {
    ...extras,
    ...(progress !== undefined && { progress }),
    ...(lines !== undefined && {
      log: [...(extras.log ?? []), ...lines.map((line) => line.slice(0, bounds.logLine))].slice(
        -bounds.logLines,
      ),
    }),
    ...(step !== undefined && { steps: { ...extras.steps, [step.name]: step.result } }),
  }
}
