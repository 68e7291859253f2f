import type { Extras, Job } from '@millrace/core'

/** What a child takes over from the job whose handler enqueues it: the trail of causes. */
export function inherited({ id, extras: { correlationId, trace } }: Job): Extras {
  return {
    causationId: id,
    ...(correlationId !== undefined && { correlationId }),
    ...(trace !== undefined && { trace }),
  }
}
