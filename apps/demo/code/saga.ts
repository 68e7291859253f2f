import { createRuntime, defineJob, NonRetryable } from 'millrace'
import { memoryStore } from 'millrace/memory'

const order = { id: 'order-17' }
const pay = defineJob<typeof order>('pay')
const refund = defineJob<typeof order>('refund')
const ship = defineJob<typeof order>('ship')
const recall = defineJob<typeof order>('recall')
const notify = defineJob<typeof order>('notify')

await using runtime = await createRuntime({ store: memoryStore() })
for (const job of [pay, ship, refund, recall]) runtime.handle(job, async () => console.log(job.name))
runtime.handle(notify, async () => {
  throw new NonRetryable('there is no such address')
})
runtime.work()

await runtime.flow([
  { id: 'pay', job: pay, payload: order, compensate: refund },
  { id: 'ship', job: ship, payload: order, after: ['pay'], compensate: recall },
  { id: 'notify', job: notify, payload: order, after: ['ship'] },
])
await runtime.drain({ timeout: '10s' })
