import type { EnqueueOptions } from './enqueue-options.ts'

/** A payload that may be undefined may be left out. */
export type Payloads<Input> = undefined extends Input
  ? [payload?: Input, options?: EnqueueOptions]
  : [payload: Input, options?: EnqueueOptions]
