import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRuntime, defineJob, NonRetryable, type JobId, type Runtime } from 'millrace'
import { fileStore } from 'millrace/file'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { run } from '../../apps/cli/src/run.ts'

const root = join(import.meta.dirname, '../..')
const send = defineJob<{ to: string }>('mail.send', { queue: 'mails' })
const later = defineJob<{ to: string }>('mail.later', { queue: 'later' })

let folder: string
let directory: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
  directory = join(folder, 'jobs')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** In this process, which may own the store: they speak through its socket all the same. */
async function millrace(...words: string[]): Promise<Ended> {
  const log = vi.spyOn(console, 'log').mockReturnValue()
  const error = vi.spyOn(console, 'error').mockReturnValue()
  try {
    const code = await run(words)
    return { code, stdout: log.mock.calls.join('\n'), stderr: error.mock.calls.join('\n') }
  } finally {
    log.mockRestore()
    error.mockRestore()
  }
}

/** As a person starts it. Beside busy neighbours that takes seconds: where nothing depends on it, a call does. */
function millraceProcess(...words: string[]): Promise<Ended> {
  const command = ['-C', '@millrace/source', join(root, 'apps/cli/src/main.ts'), ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await millrace(...words, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Record<string, unknown>
}

/** One mail sent, one dead, one that is not due. */
async function office(): Promise<{ readonly runtime: Runtime; readonly dead: JobId }> {
  const runtime = await createRuntime({ store: fileStore({ directory }) })
  let addressIsKnown = false
  runtime.handle(send, ({ to }) => {
    if (to === 'nobody' && !addressIsKnown) {
      addressIsKnown = true
      throw new NonRetryable(`no mail box ${to}\u0007`)
    }
  })
  await runtime.enqueue(send, { to: 'ada' })
  const { id } = await runtime.enqueue(send, { to: 'nobody' })
  await runtime.enqueue(later, { to: 'grace' }, { delay: '1h' })
  const death = new Promise<void>((resolve) => runtime.on('dead', () => resolve()))
  runtime.work()
  await death
  return { runtime, dead: id }
}

describe.each(['while its process works', 'when nobody owns it'])('a store %s', (when) => {
  const isOwned = when === 'while its process works'

  it('is looked into and steered', { timeout: 60_000 }, async () => {
    const { runtime, dead } = await office()
    try {
      if (!isOwned) await runtime.close()

      const { queues } = (await json('stats', directory)) as { queues: { queue: string; dead: number }[] }
      expect(queues.map(({ queue }) => queue).sort()).toEqual(['later', 'mails'])
      expect(queues.find(({ queue }) => queue === 'mails')).toMatchObject({ completed: 1, dead: 1 })
      expect(await json('jobs', directory, '--queue', 'later')).toMatchObject({
        jobs: [{ name: 'mail.later', state: 'scheduled', payload: { to: 'grace' } }],
      })
      expect(await json('dead', directory)).toMatchObject({ groups: [{ count: 1, example: dead }] })

      const told = (await millrace('job', directory, dead)).stdout
      expect(told).toMatch(/^state +dead \(nonRetryable\)$/m)
      expect(told).toContain(String.raw`NonRetryable: no mail box nobody\u0007`)

      expect(await json('redrive', directory, '--dry-run')).toMatchObject({ redriven: [dead] })
      expect(await json('redrive', directory, dead)).toMatchObject({ redriven: [dead] })
      if (isOwned) await runtime.result(dead, { timeout: '10s' })
      expect(await json('job', directory, dead)).toMatchObject({
        job: { state: isOwned ? 'completed' : 'enqueued', generation: 1 },
      })

      await json('pause', directory, 'mails')
      expect((await millraceProcess('stats', directory)).stdout).toMatch(/^mails .* paused$/m)
      await json('resume', directory, 'mails')
      expect((await millrace('stats', directory)).stdout).not.toContain('paused')

      const [scheduled] = (
        (await json('jobs', directory, '--state', 'scheduled')) as { jobs: { id: string }[] }
      ).jobs
      expect(await json('cancel', directory, scheduled!.id)).toMatchObject({
        jobs: [{ outcome: 'cancelled' }],
      })

      const lines = (await millraceProcess('export', directory)).stdout.trimEnd().split('\n')
      expect(lines.map((line) => (JSON.parse(line) as { payload: { to: string } }).payload.to)).toEqual([
        'ada',
        'nobody',
        'grace',
      ])
    } finally {
      await runtime.close()
    }
  })
})

it('says what it was not given, and changes nothing', { timeout: 60_000 }, async () => {
  const { runtime } = await office()
  await runtime.close()
  const refusals: readonly (readonly [words: readonly string[], code: number, message: string])[] = [
    [[], 2, ''],
    [['look'], 2, 'no command look'],
    [['stats'], 2, 'stats needs the directory of a store'],
    [['stats', join(folder, 'none')], 1, 'STORE_UNUSABLE: there is no store in'],
    [['jobs', directory, '--state', 'asleep'], 2, '--state is one of scheduled'],
    [['jobs', directory, '--limit', '0'], 2, '--limit is a whole number from 1 to 100000'],
    [['jobs', directory, '--colour'], 2, '--colour'],
    [['pause', directory], 2, 'pause needs the name of a queue'],
    [['cancel', directory], 2, 'cancel needs the ids of jobs'],
  ]
  for (const [words, code, message] of refusals) {
    const ended = await millrace(...words)
    expect(ended, words.join(' ')).toMatchObject({ code })
    expect(ended.stderr).toContain(message)
  }
  expect(await millrace('job', directory, 'none')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no job'),
  })
  expect(await millrace('pause', directory, 'none')).toMatchObject({ code: 1 })
  expect(await millrace('cancel', directory, 'none')).toMatchObject({ code: 1 })
  expect(await millrace('redrive', directory, 'none')).toMatchObject({ code: 1 })
  expect((await millrace('verify', directory)).code).toBe(0)
  expect((await millraceProcess('pause', directory, 'none')).code).toBe(1)
})
