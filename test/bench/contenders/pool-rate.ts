import { contenders, type CallOptions, type Contender } from '../pool/contender.ts'
import type { Task } from '../pool/tasks.ts'

const mebibyte = 1 << 20

/** Round trips: so many calls of one kind, so many of them in flight, after a warm-up. */
export async function run(
  name: string,
  kind: string,
  workers: string,
  calls: string,
  inFlight: string,
): Promise<{ jobs: number; seconds: number }> {
  const { start } = await contenders[name]!()
  const pool = await start(Number(workers))
  await lanes(pool, kind, Math.ceil(Number(calls) / 4), Number(inFlight))
  const startedAt = performance.now()
  await lanes(pool, kind, Number(calls), Number(inFlight))
  const seconds = (performance.now() - startedAt) / 1000
  await pool.close()
  return { jobs: Number(calls), seconds }
}

async function lanes(pool: Contender, kind: string, calls: number, inFlight: number): Promise<void> {
  let left = calls
  const lane = async (): Promise<void> => {
    while (left-- > 0) await one(pool, kind)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

function one(pool: Contender, kind: string): Promise<unknown> {
  const [task, payload, options] = callOf(kind)
  return pool.run(task, payload, options)
}

function callOf(kind: string): readonly [Task, unknown, CallOptions?] {
  if (kind === 'noop') return ['noop', 7]
  if (kind === 'spin') return ['spin', 1]
  const buffer = new ArrayBuffer(mebibyte)
  return kind === 'transfer' ? ['bytes', buffer, { transfer: [buffer] }] : ['bytes', buffer]
}
