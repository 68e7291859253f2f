import type { EnqueueOptions } from './enqueue-options.ts'

/** A payload that may be undefined may be left out. */
export type Payloads<Input, Options = EnqueueOptions> = undefined extends Input
  ? [payload?: Input, options?: Options]
  : [payload: Input, options?: Options]
