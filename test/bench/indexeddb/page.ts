import * as bare from './bare.ts'
import * as dexie from './dexie.ts'
import { smallJobs, type JobQueue, type OpenQueue } from './job-queue.ts'
import * as localforage from './localforage.ts'
import * as millrace from './millrace.ts'
import * as rawRows from './raw-rows.ts'
import { drainAll, scenarios } from './scenarios.ts'
import * as workbox from './workbox.ts'

const contenders: Readonly<Record<string, { readonly open: OpenQueue }>> = {
  millrace,
  bare,
  rawRows,
  dexie,
  localforage,
  workbox,
}

/** What the benchmark calls in the page. */
const bench = {
  /** Jobs per second of one scenario on a database of its own. */
  async measure(contender: string, scenario: string, count: number): Promise<number> {
    const queue = await open(contender, crypto.randomUUID())
    let started = 0
    const done = await scenarios[scenario]!(queue, count, () => {
      started = performance.now()
    })
    const rate = (done / (performance.now() - started)) * 1_000
    await queue.close()
    return rate
  },

  async fill(contender: string, name: string, count: number): Promise<void> {
    const queue = await open(contender, name)
    for (let at = 0; at < count; at += 100) await queue.enqueue(smallJobs(100))
    await queue.close()
  },

  /** Milliseconds until the queue is open. */
  async open(contender: string, name: string): Promise<number> {
    const started = performance.now()
    const queue = await open(contender, name)
    const elapsed = performance.now() - started
    await queue.close()
    return elapsed
  },

  /** Opens a queue, waits for the start of all tabs, and claims and settles until nothing is left. */
  async prepareDrain(contender: string, name: string): Promise<void> {
    prepared = await open(contender, name)
  },

  async drain(slots: number): Promise<{ readonly jobs: number; readonly from: number; readonly to: number }> {
    const from = Date.now()
    const jobs = await drainAll(prepared!, slots)
    const to = Date.now()
    await prepared!.close()
    return { jobs, from, to }
  },
}

export type PageBench = typeof bench

let prepared: JobQueue | undefined

function open(contender: string, name: string): Promise<JobQueue> {
  return contenders[contender]!.open(name)
}

Object.assign(globalThis, { bench })
