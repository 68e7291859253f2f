import { MillraceError } from '@millrace/core'
import type { EnqueueOptions } from '@millrace/runtime'
import { catalogue, keys, type JobName, type Order } from './catalogue.ts'
import type { DeedName } from './deed-names.ts'
import type { Mishap } from './link.ts'
import type { Asked } from './outside.ts'
import { leaseMs, type Step } from './plan.ts'
import type { WorldProcess } from './world-process.ts'
import type { World } from './world.ts'

type Deed = (world: World, process: WorldProcess, step: Step) => void

/** What each step does. */
export const deeds: Readonly<Record<DeedName, Deed>> = {
  enqueue: (world, process, { job, key, count }) => {
    for (let time = 0; time < count; time++) enqueue(world, process, job, key)
  },
  enqueueLater: (world, process, { job, key, ms }) => enqueue(world, process, job, key, { delay: ms }),
  enqueueUrgent: (world, process, { job, key, count }) =>
    enqueue(world, process, job, key, { priority: count - 2 }),
  enqueueMany: enqueueMany,
  enqueueWithDeadline: (world, process, { job, key, ms }) =>
    enqueue(world, process, job, key, { deadline: `${ms}ms` }),
  enqueueTwice: (world, process, { job, key, count, ms }) => {
    const n = world.nextOrder()
    const again = count === 4 ? world.nextOrder() : n
    const options = { idempotencyKey: `order ${n}`, unique: false } as const
    enqueue(world, process, job, key, options, n)
    world.timeline.at(world.now + ms, () => enqueue(world, world.processes[0]!, job, key, options, again))
  },
  flood: (world, process, { key, count }) => {
    for (let time = 0; time < 7; time++)
      enqueue(world, process, 'limited', key, { priority: (time * count) % 5 })
  },
  crowd: (world, process, { count }) => {
    const orders = keys.flatMap((key) =>
      Array.from({ length: 2 + count }, () => ({ n: world.nextOrder(), script: [], key })),
    )
    for (const job of ['fair', 'patient', 'plain'] as const)
      forget(process.runtime?.enqueueMany(catalogue[job], orders))
  },
  merge: (world, process, { key, count, ms }) => {
    const onConflict = (['rerun', 'replace', 'debounce', 'keep'] as const)[count - 1]!
    const unique = { key, onConflict, ...(onConflict === 'debounce' && { wait: ms, maxWait: 2 * ms }) }
    enqueue(world, process, 'merged', key, { unique })
    enqueue(world, process, 'merged', key, { unique })
    if (onConflict !== 'debounce') return
    for (let time = 1; time <= 3; time++)
      world.timeline.at(world.now + 0.7 * ms * time, () =>
        enqueue(world, world.processes[0]!, 'merged', key, { unique }),
      )
  },
  flow: (world, process, { job, key, count }) => flow(world, process, job, key, count, false),
  saga: (world, process, { job, key, count }) => flow(world, process, job, key, count, true),
  schedule: (world, process, { count, ms }) => {
    const overlap = (['skip', 'queue', 'allow', 'cancelPrevious'] as const)[count - 1]!
    const missed = ms < 1_000 ? 'latest' : { all: 3 }
    const order: Order = { n: world.nextOrder(), script: ['work', 'work'] }
    const schedule = { every: 2_000, job: catalogue.plain, payload: order, overlap, missed } as const
    forget(process.runtime?.schedule(`every-${count}`, schedule))
  },
  unschedule: (_world, process, { count }) => forget(process.runtime?.unschedule(`every-${count}`)),
  cancel: (world, process, { count }) => {
    for (const id of recent(world, count)) forget(process.runtime?.cancel(id))
  },
  redrive: (world, process, { count }) => {
    const dryRun = count === 4
    if (!dryRun) world.outside.redrives++
    forget(process.runtime?.deadLetters.redrive({ limit: count, dryRun }))
  },
  pauseQueue: (world, process, { job, ms }) => {
    const { queue } = catalogue[job]
    forget(process.runtime?.pause(queue))
    world.timeline.at(world.now + ms, () => forget(world.processes[0]!.runtime?.resume(queue)))
  },
  resumeQueue: (_world, process, { job }) => forget(process.runtime?.resume(catalogue[job].queue)),
  awaitResult: (world, process, { count, ms }) => {
    for (const id of recent(world, count)) forget(process.runtime?.result(id, { timeout: ms }))
  },
  drain: (world, process, { ms }) => drain(world, process, ms),

  crash: (world, process, { ms }) => world.crash(process, ms),
  crashBeforeEffect: (_world, process) => (process.crashAt = 'beforeEffect'),
  crashDuringEffect: (_world, process) => (process.crashAt = 'duringEffect'),
  crashAfterEffect: (_world, process) => (process.crashAt = 'afterEffect'),
  crashBeforeAnswer: (_world, process, step) => befalls(process, step, { kind: 'crash' }, 1),
  powerCut: (world, _process, { count, ms }) => world.powerCut((count - 1) / 3, ms),
  pauseShort: (world, process) => pause(world, process, leaseMs / 2),
  pauseLong: (world, process, { ms }) => pause(world, process, leaseMs + ms),
  freezeAndKill: (world, process, { ms }) => {
    pause(world, process, ms + 1_000)
    world.timeline.at(world.now + ms, () => world.crash(process, 500))
  },
  shutDown: (world, process, { ms }) => shutDown(world, process, Math.min(ms, 4_000)),
  shutDownNow: (world, process) => shutDown(world, process, 0),
  workersAway: (world, process, { ms }) => {
    if (process.runtime === undefined) return
    const workers = process.workers.splice(0)
    world.felt(ms + 6_000)
    for (const worker of workers)
      forget(worker.stop({ drain: '1s' }).then(() => world.worked(process, -world.plan.concurrency)))
    world.timeline.at(world.now + ms, () => {
      if (process.isAlive && process.runtime !== undefined && process.workers.length === 0)
        attempt(() => process.work())
    })
  },
  workerMore: (_world, process) => {
    if (process.runtime !== undefined && process.workers.length < 3) attempt(() => process.work())
  },
  clockForward: (world, _process, { ms }) => world.jump(4 * ms),
  clockBack: (world, _process, { ms }) => world.jump(-Math.min(ms, 1_500)),
  clockDrift: (_world, process, { count }) => process.clock.drift(1 + (count - 2) / 50),
  lostRequest: (_world, process, step) => befalls(process, step, { kind: 'lostRequest' }),
  lostReply: (_world, process, step) => befalls(process, step, { kind: 'lostReply' }),
  duplicateRequest: (_world, process, step) => befalls(process, step, { kind: 'duplicate' }),
  lateRequest: (_world, process, step) => befalls(process, step, { kind: 'lateRequest', ms: step.ms }),
  lateReply: (_world, process, step) => befalls(process, step, { kind: 'lateReply', ms: step.ms }),
  slowNetwork: (world, _process, { ms }) => world.last('slowNetwork', ms),
  outage: (world, process, { ms }) => world.last(`outage ${process.place}`, ms),
  slowDisk: (world, _process, { ms }) => world.last('slowDisk', ms),
  diskFull: (world) => {
    if (world.plan.world !== 'server') world.nextFlush = 'full'
  },
  failedFlush: (world) => {
    if (world.plan.world !== 'server') world.nextFlush = 'unanswered'
    world.felt(0)
  },
  refusedForSpace: (_world, process, step) =>
    befalls(process, { ...step, command: 'enqueue' }, { kind: 'full' }),
  lostWakes: (world, process, { ms }) => world.last(`lostWakes ${process.place}`, ms),
  lateWakes: (world, process, { ms }) => world.last(`lateWakes ${process.place}`, ms),
  brownOut: (world, _process, { ms }) => world.last('brownOut', ms),
  slowHandlers: (world, _process, { ms }) => world.last('slowHandlers', ms),
  poisonedHandlers: (world, process, { count }) => {
    for (let time = 0; time < count; time++)
      world.timeline.at(world.now + 700 * time, () => world.crash(world.processes[process.place]!, 300))
  },
  burst: (world, process, { job, key }) => {
    for (let time = 0; time < 12; time++) enqueue(world, process, job, key)
  },
  duplicates: (world, process, { key, count }) => {
    for (let time = 0; time <= count; time++) enqueue(world, process, 'merged', key)
  },
}

function enqueue(
  world: World,
  process: WorldProcess,
  name: JobName,
  key: string,
  options?: EnqueueOptions,
  n: number = world.nextOrder(),
): void {
  if (!process.isUp) return
  const order: Order = { n, script: world.script.of(n), key }
  const asked: Asked = {
    n,
    askedAt: world.now,
    idempotencyKey: options?.idempotencyKey,
    answer: 'none',
    outcome: undefined,
    id: undefined,
  }
  const earlier = world.outside.asked.get(n)
  world.outside.asked.set(n, asked)
  process.runtime!.enqueue(catalogue[name], order, options).then(
    ({ id, outcome }) => {
      if (earlier !== undefined && earlier.id !== undefined && earlier.id !== id)
        world.violated(`order ${n} was enqueued under one idempotency key as ${earlier.id} and as ${id}`)
      asked.answer = 'accepted'
      asked.id = id
      asked.outcome = outcome
    },
    (error: unknown) => refused(world, asked, earlier, error),
  )
}

function enqueueMany(world: World, process: WorldProcess, { job, key, count }: Step): void {
  if (!process.isUp) return
  const orders = Array.from({ length: count }, () => {
    const n = world.nextOrder()
    return { n, script: world.script.of(n), key }
  })
  const all = orders.map(({ n }): Asked => {
    const asked: Asked = {
      n,
      askedAt: world.now,
      idempotencyKey: undefined,
      answer: 'none',
      outcome: undefined,
      id: undefined,
    }
    world.outside.asked.set(n, asked)
    return asked
  })
  process.runtime!.enqueueMany(catalogue[job], orders).then(
    (accepted) =>
      accepted.forEach(({ id, outcome }, index) =>
        Object.assign(all[index]!, { answer: 'accepted', id, outcome }),
      ),
    (error: unknown) => all.forEach((asked) => refused(world, asked, undefined, error)),
  )
}

function refused(world: World, asked: Asked, earlier: Asked | undefined, error: unknown): void {
  const isSure = error instanceof MillraceError && error.outcome === 'no'
  asked.answer =
    earlier !== undefined && earlier.answer !== 'refused' ? 'unknown' : isSure ? 'refused' : 'unknown'
  const code = error instanceof MillraceError ? error.code : undefined
  if (code === 'QUEUE_FULL') world.mark('a queue was full')
  if (code === 'IDEMPOTENCY_CONFLICT') world.mark('another payload under a known idempotency key')
}

function flow(
  world: World,
  process: WorldProcess,
  job: JobName,
  key: string,
  count: number,
  isSaga: boolean,
): void {
  if (!process.isUp) return
  const onFailure = (['fail', 'continue', 'skip', 'fail'] as const)[count - 1]!
  const step = (
    id: string,
    after: readonly { readonly step: string; readonly onFailure: typeof onFailure }[],
  ) => {
    const n = world.nextOrder()
    const payload: Order = { n, script: world.script.of(n), key }
    return {
      id,
      job: id === 'b' ? catalogue[job] : catalogue.plain,
      payload,
      after,
      ...(isSaga && { compensate: catalogue.plain }),
    }
  }
  const steps = [
    step('a', []),
    step('b', [{ step: 'a', onFailure }]),
    step('c', [{ step: 'a', onFailure }]),
    step('d', [
      { step: 'b', onFailure },
      { step: 'c', onFailure: 'continue' },
    ]),
  ]
  forget(process.runtime!.flow(steps as never))
}

function drain(world: World, process: WorldProcess, ms: number): void {
  process.runtime?.drain({ timeout: ms }).then(
    () => world.mark('a drain ended'),
    () => {},
  )
}

function pause(world: World, process: WorldProcess, ms: number): void {
  process.clock.pause(ms)
  world.felt(ms)
}

function shutDown(world: World, process: WorldProcess, drainMs: number): void {
  const { runtime } = process
  if (runtime === undefined) return
  process.runtime = undefined
  if (world.outside.running(process.number) > 0) world.mark('a worker stopped while handlers ran')
  world.felt(20_000)
  const stopped = (): void => {
    world.closed(process)
    world.restartLater(process.place, 300)
  }
  runtime.close({ drain: drainMs }).then(stopped, stopped)
}

function befalls(process: WorldProcess, step: Step, mishap: Mishap, times = step.count): void {
  process.befalls(step.command, mishap, times)
}

/** Ids of jobs in the store, the newest first. */
function recent(world: World, count: number): readonly string[] {
  return [...world.jobs.keys()].slice(-count)
}

/** Its failure is the caller's own affair. */
function forget(promise: Promise<unknown> | undefined): void {
  promise?.catch(() => {})
}

/** A closed runtime refuses, and that is right. */
function attempt(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof MillraceError && error.code === 'CLOSED')) throw error
  }
}
