import { parseArgs } from 'node:util'
import { skipReason, startServer } from '../server.ts'
import { crashRun } from './crash-run.ts'

/** `npm run test:postgres -- --workers 8 --jobs 20000 [--seed 1]` */
const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '8' },
    jobs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
})
const server = await startServer()
if (server === undefined) console.log(skipReason)
else
  try {
    const start = performance.now()
    const { wrong, figures } = await crashRun(server, {
      workers: Number(values.workers),
      jobs: Number(values.jobs),
      seed: Number(values.seed),
      killEveryMs: 400,
      cutEveryMs: 250,
      timeoutMs: 300_000,
    })
    console.log(JSON.stringify({ ...figures, seconds: Math.round((performance.now() - start) / 1_000) }))
    for (const line of wrong.slice(0, 20)) console.error(line)
    console.log(`${wrong.length} broken promises`)
    if (wrong.length > 0) {
      console.error(
        `again: npm run test:postgres -- --workers ${values.workers} --jobs ${values.jobs} --seed ${values.seed}`,
      )
      process.exitCode = 1
    }
  } finally {
    await server.stop()
  }
