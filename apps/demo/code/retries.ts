import { backoff, createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const mail = defineJob<{ to: string }>('mail', {
  retry: { maxFailures: 5, backoff: backoff.exponential('10ms', { factor: 2, max: '1s', jitter: 'full' }) },
})

await using runtime = await createRuntime({ store: memoryStore() })
runtime.handle(mail, async ({ to }, { attempt }) => {
  if (to === 'nobody' || attempt < 3) throw new Error('the mail server does not answer')
})
runtime.on('completed', ({ job }) => console.log(`sent at attempt ${job.attempt}`))
runtime.work({ concurrency: 10 })

await runtime.enqueueMany(mail, [{ to: 'ada' }, { to: 'nobody' }])
await runtime.drain({ timeout: '10s' })

for (const { count, example } of await runtime.deadLetters.groups())
  console.log(`${count} dead:`, example.length > 0)
