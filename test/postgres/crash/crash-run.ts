import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultQueueConfig, draw, noExtras, type Job, type NewJob } from '@millrace/core'
import { postgresStore, type PostgresStore } from '@millrace/store-postgres'
import type { Server } from '../server.ts'
import { readLedgers } from './ledger.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { judge, type Verdict } from './verdict.ts'

export interface CrashRun {
  readonly workers: number
  readonly jobs: number
  readonly seed: number
  readonly killEveryMs: number
  readonly cutEveryMs: number
  readonly timeoutMs: number
}

/** Workers that are killed and cut off at random, a server that crashes half way, and a ledger that none of it reaches. */
export async function crashRun(server: Server, run: CrashRun): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'))
  const proxy = await startProxy(server.port)
  const connectionString = `postgres://millrace@127.0.0.1:${proxy.port}/postgres`
  const watch = await postgresStore({ connectionString: server.connectionString })
  await keepAll(watch)
  const crew = new Crew(run, connectionString, folder)
  const trouble = new Trouble(run, crew, proxy)
  try {
    const producer = await postgresStore({ connectionString })
    await crew.start()
    trouble.start()
    const accepted = await produce(producer, run, () => {
      trouble.kill()
      trouble.cut()
      return server.restart('immediate')
    })
    const jobs = await untilDone(watch, run, () => trouble.stop())
    trouble.stop()
    await crew.stop()
    await producer.close()
    const verdict = judge({ accepted, jobs, entries: readLedgers(folder), killed: crew.killed })
    const { kills, cuts } = trouble
    return { ...verdict, figures: { ...verdict.figures, kills, cuts } }
  } finally {
    trouble.stop()
    await crew.stop()
    await watch.close()
    await proxy.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The verdict needs to see every job at the end. */
async function keepAll(store: PostgresStore): Promise<void> {
  const { retention } = defaultQueueConfig
  const completed = { ageMs: Infinity, count: Infinity }
  const config = { ...defaultQueueConfig, retention: { ...retention, completed } }
  await store.run('configure', { queues: { crash: config } }, { now: Date.now(), seed: 1 })
}

/** The worker processes. One that ends is replaced. */
class Crew {
  readonly killed = new Set<number>()
  readonly #run: CrashRun
  readonly #options: readonly [connectionString: string, folder: string]
  readonly #children = new Set<ChildProcess>()
  /** Those that got as far as working: a loaded machine must not be kept from ever starting one. */
  readonly #working = new Set<ChildProcess>()
  #stopped = false

  constructor(run: CrashRun, connectionString: string, folder: string) {
    this.#run = run
    this.#options = [connectionString, folder]
  }

  async start(): Promise<void> {
    const children = Array.from({ length: this.#run.workers }, () => this.#add())
    await Promise.all(children.map((child) => Promise.race([once(child, 'message'), once(child, 'exit')])))
  }

  kill(which: number): void {
    const child = [...this.#working][which % Math.max(1, this.#working.size)]
    if (child?.pid === undefined) return
    this.#working.delete(child)
    this.killed.add(child.pid)
    child.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#stopped = true
    const children = [...this.#children]
    await Promise.all(
      children.map(async (child) => {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }),
    )
  }

  #add(): ChildProcess {
    const child = fork(join(import.meta.dirname, 'worker.ts'), this.#options, {
      execArgv: ['-C', '@millrace/source'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#children.add(child)
    child.on('message', () => this.#working.add(child))
    child.on('exit', () => {
      this.#children.delete(child)
      this.#working.delete(child)
      // One that could not connect gave up.
      if (!this.#stopped) this.#add()
    })
    return child
  }
}

/** Kills and cuts, at times drawn from the seed and whenever told: a run on a fast machine is over before the first time. */
class Trouble {
  kills = 0
  cuts = 0
  readonly #run: CrashRun
  readonly #crew: Crew
  readonly #proxy: Proxy
  readonly #timers = new Set<NodeJS.Timeout>()
  #draws = 0
  #stopped = false

  constructor(run: CrashRun, crew: Crew, proxy: Proxy) {
    this.#run = run
    this.#crew = crew
    this.#proxy = proxy
  }

  start(): void {
    const { killEveryMs, cutEveryMs } = this.#run
    this.#later(killEveryMs, () => this.kill())
    this.#later(cutEveryMs, () => this.cut())
  }

  kill(): void {
    this.kills++
    this.#crew.kill(this.#number())
  }

  cut(): void {
    this.cuts++
    this.#proxy.cut(this.#number())
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #later(everyMs: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (this.#stopped) return
        act()
        this.#later(everyMs, act)
      },
      everyMs * (0.5 + this.#draw()),
    )
    this.#timers.add(timer)
  }

  #draw(): number {
    return draw({ now: 0, seed: this.#run.seed }, this.#draws++, 0)
  }

  #number(): number {
    return Math.floor(this.#draw() * 1_000_000)
  }
}

const perCall = 50

/** Enqueues through the same trouble: what was not answered is asked for again under its id. Answers the accepted. */
async function produce(
  store: PostgresStore,
  run: CrashRun,
  halfWay: () => Promise<void>,
): Promise<readonly string[]> {
  const accepted: string[] = []
  let restart: Promise<void> | undefined
  for (let from = 0; from < run.jobs; from += perCall) {
    const jobs = Array.from({ length: Math.min(perCall, run.jobs - from) }, (_, offset) =>
      newJob(from + offset),
    )
    await untilAnswered(store, jobs)
    accepted.push(...jobs.map(({ id }) => id))
    if (from >= run.jobs / 2) restart ??= halfWay()
  }
  await restart
  return accepted
}

async function untilAnswered(store: PostgresStore, jobs: readonly NewJob[]): Promise<void> {
  for (;;)
    try {
      await store.run('enqueue', { jobs, atomic: true }, { now: Date.now(), seed: 1 })
      return
    } catch {
      await pause(100)
    }
}

/** On a loaded machine workers may be killed faster than they start: in the second half of the time nothing is in their way. */
async function untilDone(
  store: PostgresStore,
  { jobs, timeoutMs }: CrashRun,
  endTrouble: () => void,
): Promise<readonly Job[]> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const { queues } = await store.run('countJobs', {}, { now: Date.now(), seed: 1 })
    const count = queues.find(({ queue }) => queue === 'crash')
    if ((count?.completed ?? 0) >= jobs || performance.now() > deadline) break
    if (performance.now() > deadline - timeoutMs / 2) endTrouble()
    await pause(200)
  }
  return (await store.run('listJobs', { queue: 'crash', limit: 10 * jobs }, { now: Date.now(), seed: 1 }))
    .jobs
}

function newJob(index: number): NewJob {
  const payload = JSON.stringify({ index })
  return {
    id: `crash-${index.toString().padStart(7, '0')}`,
    queue: 'crash',
    name: 'crash.work',
    version: 1,
    payload,
    bytes: payload.length,
    priority: 0,
    runAt: 0,
    retry: { maxFailures: 5, maxCrashes: 1_000, backoff: { kind: 'fixed', delayMs: 10, jitter: 'none' } },
    timeoutMs: 0,
    extras: noExtras,
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
