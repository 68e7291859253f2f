import { expect, it } from 'vitest'
import { runs } from '../depth.ts'
import { crashRun } from '../postgres/crash/crash-run.ts'
import { skipReason, startServer } from '../postgres/server.ts'

it('loses nothing and settles nothing twice while workers are killed, connections cut and the server crashes', async (context) => {
  const server = await startServer()
  if (server === undefined) return context.skip(skipReason)
  try {
    const { wrong, figures } = await crashRun(server, {
      workers: 3,
      jobs: runs(600),
      seed: 1,
      killEveryMs: 800,
      cutEveryMs: 300,
      timeoutMs: 60_000,
    })
    expect(wrong).toEqual([])
    expect(figures.kills).toBeGreaterThan(0)
    expect(figures.cuts).toBeGreaterThan(0)
  } finally {
    await server.stop()
  }
}, 120_000)
