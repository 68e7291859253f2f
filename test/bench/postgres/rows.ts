import type { Contender, OpenContender } from './contender.ts'

/** What one contender reached, by row. */
export type Figures = Readonly<Record<string, number>>

export const rowNames: readonly string[] = [
  'enqueue, one after the other, jobs/s',
  'enqueue, 100 at once, jobs/s',
  'enqueue, 100 per call, jobs/s',
  'enqueue, 1,000 per call, jobs/s',
  'work off a full queue, jobs/s',
  'end to end, 100 callers, jobs/s',
  'pickup of a lone job, p50 ms',
  'pickup of a lone job, p99 ms',
  'the same, by another instance, p50 ms',
  'the same, by another instance, p99 ms',
]

export interface Amounts {
  readonly single: number
  readonly many: number
  readonly lone: number
}

/** All rows of one contender, on a server that nobody else uses meanwhile. */
export async function measure(
  open: OpenContender,
  connectionString: string,
  amounts: Amounts,
): Promise<Figures> {
  const { single, many, lone } = amounts
  const bulk = await open(connectionString, 'bulk')
  await warmUp(bulk)
  const values: number[] = []
  values.push(await perSecond(single, () => oneByOne(bulk, single)))
  values.push(await perSecond(many, () => atOnce(bulk, many, 100)))
  values.push(await perSecond(many, () => byCalls(bulk, many, 100)))
  values.push(await perSecond(2 * many, () => byCalls(bulk, 2 * many, 1_000)))
  await workOff(bulk)
  await byCalls(bulk, many, 1_000)
  values.push(await perSecond(many, () => workOff(bulk, many)))
  values.push(await perSecond(many, () => endToEnd(bulk, many)))
  await bulk.close()
  const quick = await open(connectionString, 'quick')
  values.push(...(await pickup(quick, quick, lone)))
  const other = await open(connectionString, 'quick')
  values.push(...(await pickup(quick, other, lone)))
  await other.close()
  await quick.close()
  return Object.fromEntries(rowNames.map((name, index) => [name, values[index]!]))
}

async function perSecond(jobs: number, body: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await body()
  return (jobs * 1_000) / (performance.now() - start)
}

async function warmUp(contender: Contender): Promise<void> {
  await oneByOne(contender, 200)
  await byCalls(contender, 2_000, 100)
  await workOff(contender)
}

async function oneByOne(contender: Contender, jobs: number): Promise<void> {
  for (let index = 0; index < jobs; index++) await contender.enqueue(index)
}

async function atOnce(contender: Contender, jobs: number, callers: number): Promise<void> {
  let next = 0
  const call = async (): Promise<void> => {
    while (next < jobs) await contender.enqueue(next++)
  }
  await Promise.all(Array.from({ length: callers }, call))
}

async function byCalls(contender: Contender, jobs: number, size: number): Promise<void> {
  for (let index = 0; index < jobs; index += size)
    await contender.enqueueMany(Array.from({ length: size }, (_, offset) => index + offset))
}

/** To the last acknowledgement. With a number, until as many were handled; otherwise until none is left. */
async function workOff(contender: Contender, jobs = Infinity): Promise<void> {
  let handled = 0
  const all = gate()
  await contender.work(() => {
    if (++handled === jobs) all.resolve()
  })
  if (jobs === Infinity) await untilNone(contender)
  else await all.promise
  await contender.rest()
  await untilNone(contender)
}

async function endToEnd(contender: Contender, jobs: number): Promise<void> {
  let handled = 0
  const all = gate()
  await contender.work(() => {
    if (++handled === jobs) all.resolve()
  })
  await atOnce(contender, jobs, 100)
  await all.promise
  await contender.rest()
  await untilNone(contender)
}

async function untilNone(contender: Contender): Promise<void> {
  while ((await contender.unfinished()) > 0) await pause(20)
}

/** From the call to enqueue to the first line of the handler, the queue idle in between for a while that is never the same. */
async function pickup(producer: Contender, consumer: Contender, samples: number): Promise<readonly number[]> {
  let arrived = (): void => {}
  await consumer.work(() => arrived())
  await pause(1_500)
  const waits: number[] = []
  for (let index = -5; index < samples; index++) {
    await pause(10 + (((index + 5) * 7_919) % 21))
    const { promise, resolve } = gate()
    arrived = resolve
    const start = performance.now()
    const sent = producer.enqueue(index)
    await promise
    const wait = performance.now() - start
    await sent
    if (index >= 0) waits.push(wait)
  }
  await consumer.rest()
  waits.sort((a, b) => a - b)
  return [waits[samples >> 1]!, waits[Math.floor(samples * 0.99)]!]
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
