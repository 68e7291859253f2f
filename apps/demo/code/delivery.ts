import { createRuntime, defineJob } from 'millrace'
import { memoryStore } from 'millrace/memory'

/** The bank keeps the key of each charge, and does one charge per key. */
const charges = new Map<string, number>()
function charge(cents: number, key: string): void {
  if (!charges.has(key)) charges.set(key, cents)
}

/** The record keeps the highest token it has seen, and refuses lower ones. */
let record = { text: '', token: 0 }
function write(text: string, token: number): void {
  if (token >= record.token) record = { text, token }
}

const payment = defineJob<{ order: string; cents: number }>('payment')

await using runtime = await createRuntime({ store: memoryStore() })
runtime.handle(payment, async ({ order, cents }, context) => {
  charge(cents, context.id)
  write(`${order} is paid`, context.fencingToken)
})
runtime.work()

const order = { order: 'order-17', cents: 2_000 }
await runtime.enqueue(payment, order, { idempotencyKey: 'order-17' })
await runtime.enqueue(payment, order, { idempotencyKey: 'order-17' }) // a second click is the same job
await runtime.drain({ timeout: '10s' })
console.log(charges.size, record.text)
