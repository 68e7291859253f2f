import { wrap, type Remote } from 'comlink'
import type { Kernel } from './kernel.worker.ts'

/** The films come from one worker and the statistics from another, so that a long count never holds up a film. */
export const films: Remote<Kernel> = start()
export const statistics: Remote<Kernel> = start()

function start(): Remote<Kernel> {
  return wrap<Kernel>(new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' }))
}
