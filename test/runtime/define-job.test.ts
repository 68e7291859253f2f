import { defineJob, type HandlerContext } from '@millrace/runtime'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { setup } from './setup.ts'

const photo = z.object({ path: z.string().min(1), taken: z.coerce.date(), width: z.number().default(800) })
const thumb = z.object({ bytes: z.number().int() })
const resize = defineJob('photo.resize', { input: photo, output: thumb, retry: { maxFailures: 1 } })

test('a schema gives the types of payload and result', async () => {
  const { runtime } = await setup()
  runtime.handle(resize, (payload) => {
    expectTypeOf(payload).toEqualTypeOf<{ path: string; taken: Date; width: number }>()
    return { bytes: 1 }
  })
  const { id } = await runtime.enqueue(resize, { path: 'a', taken: '2026-01-01' })
  expectTypeOf(() => runtime.result(id)).returns.toEqualTypeOf<Promise<{ bytes: number }>>()
})

test('the handler gets what the schema made of the payload', async () => {
  const { runtime, clock } = await setup()
  let seen: unknown
  runtime.handle(resize, (payload) => {
    seen = payload
    return { bytes: 1 }
  })
  runtime.work()
  const { id } = await runtime.enqueue(resize, { path: 'a', taken: '2026-01-01' })
  await clock.advance(0)
  expect(seen).toEqual({ path: 'a', taken: new Date('2026-01-01'), width: 800 })
  expect(await runtime.job(id)).toMatchObject({
    state: 'completed',
    payload: { path: 'a', taken: '2026-01-01' },
  })
})

test('a payload the schema refuses is not enqueued, and the message says what is wrong with it', async () => {
  const { runtime } = await setup()
  const enqueued = runtime.enqueue(resize, { path: '', taken: 'never' } as never)
  await expect(enqueued).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' })
  await expect(enqueued).rejects.toThrow(/the payload of photo\.resize .*\$\.path: .*\$\.taken: /)
  await expect(
    runtime.enqueueMany(resize, [{ path: 'a', taken: '2026-01-01' }, {} as never]),
  ).rejects.toMatchObject({
    code: 'PAYLOAD_INVALID',
  })
  expect((await runtime.jobs()).jobs).toHaveLength(0)
})

test('a stored payload that the schema refuses now is a dead letter: trying again cannot help', async () => {
  const { runtime, clock } = await setup()
  const before = defineJob<{ path: number }>('photo.resize')
  runtime.handle(resize, () => ({ bytes: 1 }))
  runtime.work()
  const { id } = await runtime.enqueue(before, { path: 7 })
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    reason: 'invalidPayload',
    error: { code: 'PAYLOAD_INVALID' },
  })
})

test('a result the schema refuses is a dead letter: the work is done and would be done again', async () => {
  const { runtime, clock } = await setup()
  runtime.handle(resize, () => ({ bytes: 0.5 }))
  runtime.work()
  const { id } = await runtime.enqueue(resize, { path: 'a', taken: '2026-01-01' })
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    reason: 'nonRetryable',
    error: { code: 'PAYLOAD_INVALID' },
  })
})

test('a result that is no plain data is one too', async () => {
  const { runtime, clock } = await setup()
  const odd = defineJob<number, unknown>('odd')
  runtime.handle(odd, () => ({ when: new Date(0) }))
  runtime.work()
  const { id } = await runtime.enqueue(odd, 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'dead', error: { code: 'PAYLOAD_INVALID' } })
  expect((await runtime.job(id))?.error?.message).toContain('the result of odd: $.when is a Date')
})

test('asynchronous schemas are waited for', async () => {
  const { runtime, clock } = await setup()
  const even = z.number().refine(async (n) => n % 2 === 0, 'must be even')
  const job = defineJob('even', { input: even, output: even })
  runtime.handle(job, (n) => n * 2)
  runtime.work()
  await expect(runtime.enqueue(job, 3)).rejects.toMatchObject({ code: 'PAYLOAD_INVALID' })
  const { id } = await runtime.enqueue(job, 4)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'completed', result: 8 })
})

test('a payload of an earlier version is migrated before the handler gets it', async () => {
  const { runtime, clock } = await setup()
  const old = defineJob<{ file: string }>('import')
  const now = defineJob<{ path: string }>('import', {
    version: 3,
    migrate: (payload, version) => ({ path: `${(payload as { file: string }).file} of version ${version}` }),
  })
  const seen: string[] = []
  runtime.handle(now, ({ path }) => seen.push(path))
  runtime.work()
  await runtime.enqueue(old, { file: 'a.csv' })
  await runtime.enqueue(now, { path: 'b.csv' })
  await clock.advance(0)
  expect(seen).toEqual(['a.csv of version 1', 'b.csv'])
})

test('a migration that fails leaves a dead letter with its error', async () => {
  const { runtime, clock } = await setup()
  const now = defineJob<{ path: string }>('import', {
    version: 2,
    migrate: () => {
      throw new Error('cannot read version 1')
    },
  })
  runtime.handle(now, () => {})
  runtime.work()
  const { id } = await runtime.enqueue(defineJob<number>('import'), 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({
    state: 'dead',
    reason: 'invalidPayload',
    error: { message: 'cannot read version 1' },
  })
})

test('a job of a newer version waits for a newer worker, and no attempt is charged', async () => {
  const { runtime, clock } = await setup()
  let runs = 0
  runtime.handle(defineJob<number>('import'), () => void runs++)
  runtime.work()
  const { id } = await runtime.enqueue(defineJob<number>('import', { version: 2 }), 1)
  await clock.advance(0)
  expect(await runtime.job(id)).toMatchObject({ state: 'scheduled', failures: 0, snoozes: 1 })
  expect(runs).toBe(0)
})

test('a job has one handler', async () => {
  const { runtime } = await setup()
  runtime.handle(resize, () => ({ bytes: 1 }))
  expect(() => runtime.handle(resize, () => ({ bytes: 2 }))).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_JOB' }),
  )
  expect(() => runtime.handle({ name: 'x' } as never, () => {})).toThrow(
    expect.objectContaining({ code: 'BAD_ARGUMENT' }),
  )
  expect(() => runtime.handle(defineJob('y'), 'code' as never)).toThrow(
    expect.objectContaining({ code: 'BAD_ARGUMENT' }),
  )
})

test('implement pairs a definition with its code, for workers in other threads', () => {
  const handler = (_payload: { path: string }, _context: HandlerContext): number => 1
  const job = defineJob<{ path: string }, number>('job')
  expect(job.implement(handler)).toEqual({ definition: job, handler })
})

test('what a definition was made of can no longer be changed', () => {
  const options = { retry: { maxFailures: 3 } }
  const job = defineJob('job', options)
  options.retry.maxFailures = 99
  expect(job.kind.retry.maxFailures).toBe(3)
  expect(Object.isFrozen(job.kind)).toBe(true)
})
