import { expose, transfer } from 'comlink'
import { estimate } from './estimate.ts'
import { play } from './by-hand.ts'
import { measure } from './measure.ts'
import { staff } from './staff.ts'
import { record } from './record.ts'

/** What the page asks of the kernel; it runs in a Web Worker, so the page stays free. */
const kernel = {
  measure,
  play,
  estimate,
  staff,
  record(...question: Parameters<typeof record>) {
    const trace = record(...question)
    const { times, jobs, moves, workers, until, classes } = trace
    return transfer(
      trace,
      [times, jobs, moves, workers, until, classes].map(({ buffer }) => buffer as ArrayBuffer),
    )
  },
}

export type Kernel = typeof kernel

expose(kernel)
