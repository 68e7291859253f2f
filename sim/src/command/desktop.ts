import type { ProgressBar } from './progress-bar.ts'
import type { Threads } from './threads.ts'

/** What a command works with. */
export interface Desktop {
  readonly threads: Threads
  readonly bar: ProgressBar
  readonly print: (text: string) => void
}
