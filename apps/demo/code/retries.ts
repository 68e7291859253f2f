import { backoff, createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

const mail = defineJob<{ to: string }>('mail', {
  retry: { maxFailures: 5, backoff: backoff.exponential('10ms', { factor: 2, max: '1s', jitter: 'full' }) },
})

await using runtime = await createRuntime({ store: memoryStore() })
let isMended = false
runtime.handle(mail, async ({ to }, { attempt }) => {
  if (!isMended && (to === 'bob' || attempt < 3)) throw new Error('the mail server does not answer')
})
runtime.on('completed', ({ job }) => console.log(`sent at attempt ${job.attempt}`))
runtime.work({ concurrency: 10 })

await runtime.enqueueMany(mail, [{ to: 'ada' }, { to: 'bob' }])
await runtime.drain({ timeout: '10s' })

isMended = true
for (const { fingerprint, count } of await runtime.deadLetters.groups()) {
  const { redriven } = await runtime.deadLetters.redrive({ fingerprint })
  console.log(`${redriven.length} of ${count} go round again`)
}
await runtime.drain({ timeout: '10s' })
