import { createRuntime, defineJob } from '@millrace/runtime'
import { postgresStore } from '@millrace/store-postgres'
import { Ledger } from './ledger.ts'

/** One worker process: `worker.ts <connection> <ledger folder>`. It works until it is killed. */
const [connectionString = '', folder = ''] = process.argv.slice(2)
const ledger = new Ledger(folder)
const job = defineJob<{ index: number }, void>('crash.work', { queue: 'crash' })

const store = await postgresStore({ connectionString })
store.subscribe({
  events(events) {
    for (const event of events)
      if (event.type === 'completed')
        ledger.write({ what: 'completed', id: event.job.id, epoch: event.job.epoch })
  },
})
const runtime = await createRuntime({ store })
/** The attempt this process made last of each job. */
const epochs = new Map<string, number>()
runtime.on('leaseLost', ({ job: { id } }) => ledger.write({ what: 'lost', id, epoch: epochs.get(id) ?? 0 }))
runtime.on('error', ({ doing, error }) =>
  ledger.write({ what: 'trouble', text: `${doing}: ${String(error)}` }),
)
runtime.handle(job, async ({ index }, { id, fencingToken: epoch }) => {
  epochs.set(id, epoch)
  ledger.write({ what: 'started', id, epoch })
  await new Promise((resolve) => setTimeout(resolve, 1 + (index % 10)))
  ledger.write({ what: 'ended', id, epoch })
})
runtime.work({ queues: { crash: 1 }, concurrency: 20, lease: '3s' })
// The one that forked it is gone.
process.on('disconnect', () => process.exit())
process.send?.('working')
