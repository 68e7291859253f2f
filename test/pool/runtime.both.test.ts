import { createRuntime, type MillraceError } from 'millrace'
import { memoryStore } from 'millrace/memory'
import { workerPool, type PoolOptions, type WorkerPool } from 'millrace/pool'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { make } from './exam-worker.ts'
import { complain, die, hang, inspect, inspected, report, spin, square, type Report } from './jobs.ts'

type Runtime = Awaited<ReturnType<typeof createRuntime>>

async function setup(options: Partial<PoolOptions> = {}): Promise<{ runtime: Runtime; pool: WorkerPool }> {
  const runtime = await createRuntime({ store: memoryStore() })
  const pool = workerPool({ create: make.jobs, size: 2, grace: 50, ...options })
  onTestFinished(() => runtime.close())
  return { runtime, pool }
}

async function endOf(runtime: Runtime, id: string): Promise<MillraceError> {
  return (await runtime.result(id).catch((error: unknown) => error)) as MillraceError
}

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** What a handler's context says of the second step of a flow that was redriven; but for its id, which is drawn, and its time. */
async function inspection(runtime: Runtime): Promise<unknown> {
  const { jobs } = await runtime.flow(
    [
      { id: 'side', job: square, payload: 7 },
      { id: 'look', job: inspect, payload: null, after: ['side'] },
    ],
    { correlationId: 'trip-7', trace },
  )
  await endOf(runtime, jobs.look)
  await runtime.deadLetters.redrive()
  const { id, nominalAt, ...told } = (await runtime.result(jobs.look)) as Record<string, unknown>
  const { runAt } = (await runtime.job(jobs.look))!
  expect({ id, nominalAt }).toEqual({ id: jobs.look, nominalAt: runAt })
  return told
}

describe('a runtime with a pool', () => {
  test('runs jobs it has no code for, in queues it had not heard of', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool })
    const jobs = await runtime.enqueueMany(square, [1, 2, 3, 4])
    expect(await Promise.all(jobs.map(({ id }) => runtime.result(id)))).toEqual([1, 4, 9, 16])
  })

  test('gives handlers their whole context, and its writes reach the store', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool })
    const progress: (number | undefined)[] = []
    runtime.on('progress', ({ job }) => progress.push(job.progress))
    const { id } = await runtime.enqueue(report, { steps: 0 }, { correlationId: 'trip-7' })
    const result: Report = await runtime.result(id)
    expect(result).toMatchObject({ id, attempt: 1, fencingToken: 1, correlationId: 'trip-7' })
    expect(await runtime.result(result.child)).toBe(144)
    expect((await runtime.job(result.child))!.causationId).toBe(id)
    expect((await runtime.job(id))!.log).toEqual([`drew ${result.first}`])
    expect(progress).toContain(0.5)
  })

  test('tells handlers in a worker what it tells them in its own thread, of every member', async () => {
    const here = await createRuntime({ store: memoryStore() })
    onTestFinished(() => here.close())
    here.handle(square, (side) => side * side)
    here.handle(inspect, inspected)
    here.work()
    const { runtime: there, pool } = await setup()
    there.work({ pool })
    const told = await inspection(there)
    expect(told).toEqual(await inspection(here))
    expect(told).toMatchObject({
      generation: 1,
      correlationId: 'trip-7',
      trace,
      results: { side: 49 },
      signal: { aborted: false },
      queue: 'default',
    })
  })

  test('remembers steps across attempts', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool })
    const { id } = await runtime.enqueue(report, { steps: 1 })
    const result = await runtime.result(id, { timeout: '20s' })
    const job = (await runtime.job(id))!
    expect(result).toMatchObject({ attempt: 2, fencingToken: 2 })
    expect(job.log).toEqual([`drew ${result.first}`, `drew ${result.first}`])
  })

  test('judges what handlers throw as if they ran here', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool })
    const { id } = await runtime.enqueue(complain, 'never again')
    expect(await endOf(runtime, id)).toMatchObject({ code: 'JOB_DEAD' })
    const job = (await runtime.job(id))!
    expect(job).toMatchObject({ reason: 'nonRetryable', failures: 1, crashes: 0 })
    expect(job.errors.at(-1)).toMatchObject({
      name: 'NonRetryable',
      message: 'never again',
      bucket: 'failure',
    })
  })

  test.for(['reject', 'throw'])(
    'buries a job that kills its worker (%s) after three crashes',
    async (how) => {
      const { runtime, pool } = await setup()
      runtime.work({ pool })
      const { id } = await runtime.enqueue(die, how)
      const bystanders = await runtime.enqueueMany(
        square,
        Array.from({ length: 50 }, (_, index) => index),
      )
      expect(await endOf(runtime, id)).toMatchObject({ code: 'JOB_DEAD' })
      const job = (await runtime.job(id))!
      expect(job).toMatchObject({ reason: 'poison', attempt: 3, failures: 0, crashes: 3 })
      expect(job.errors.at(-1)).toMatchObject({ code: 'WORKER_CRASHED', bucket: 'crash' })
      for (const [index, bystander] of bystanders.entries()) {
        expect(await runtime.result(bystander.id)).toBe(index * index)
        expect(await runtime.job(bystander.id)).toMatchObject({ attempt: 1, crashes: 0 })
      }
    },
  )

  test.for([{ loop: true }, { loop: false }])(
    'ends a job that hangs (%o) at its timeout, as a failure',
    async (how) => {
      const { runtime, pool } = await setup()
      runtime.work({ pool })
      const { id } = await runtime.enqueue(hang, how)
      expect(await endOf(runtime, id)).toMatchObject({ code: 'JOB_DEAD' })
      const job = (await runtime.job(id))!
      expect(job).toMatchObject({ reason: 'exhausted', failures: 1, crashes: 0 })
      expect(job.errors.at(-1)).toMatchObject({ code: 'ATTEMPT_TIMEOUT' })
      expect(await runtime.result((await runtime.enqueue(square, 5)).id)).toBe(25)
    },
  )

  test('keeps the lease of a job that blocks its thread for longer than the lease', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool, lease: 300 })
    const { id } = await runtime.enqueue(spin, 1_000)
    expect(await runtime.result(id)).toBe(1_000)
    expect(await runtime.job(id)).toMatchObject({ attempt: 1, crashes: 0 })
  })

  test('cancels a running job, even one that does not listen', async () => {
    const { runtime, pool } = await setup()
    runtime.work({ pool })
    const { id } = await runtime.enqueue(spin, 60_000)
    await vi.waitFor(async () => expect((await runtime.job(id))!.state).toBe('processing'), {
      timeout: 20_000,
    })
    await vi.waitFor(() => expect(pool.state().busy).toBe(1), { timeout: 20_000 })
    await runtime.cancel(id)
    expect(await endOf(runtime, id)).toMatchObject({ code: 'JOB_CANCELLED' })
  })

  test('claims nothing while its workers do not start, and says so', async () => {
    const { runtime } = await setup()
    const pool = workerPool({ create: make.missing, size: 1 })
    const troubled = new Promise((resolve) => runtime.on('error', resolve))
    runtime.work({ pool })
    const { id } = await runtime.enqueue(square, 3)
    expect(await troubled).toMatchObject({ error: { code: 'WORKER_NOT_STARTED' } })
    expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', attempt: 0 })
  })

  test('lets go of the pool when its worker stops', async () => {
    const { runtime, pool } = await setup()
    const worker = runtime.work({ pool })
    await runtime.result((await runtime.enqueue(square, 2)).id)
    await worker.stop()
    expect(pool.state().workers).toBe(0)
  })

  test('gives back what runs when it closes', async () => {
    const store = memoryStore()
    const runtime = await createRuntime({ store })
    const pool = workerPool({ create: make.jobs, size: 1, grace: 20 })
    const worker = runtime.work({ pool })
    const { id } = await runtime.enqueue(spin, 60_000)
    await vi.waitFor(() => expect(pool.state().busy).toBe(1), { timeout: 20_000 })
    await worker.stop({ drain: 0 })
    expect(await runtime.job(id)).toMatchObject({ state: 'enqueued', failures: 0, crashes: 0 })
    await runtime.close()
  })
})
