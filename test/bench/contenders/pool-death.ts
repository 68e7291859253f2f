import { contenders, type Contender } from '../pool/contender.ts'
import type { Task } from '../pool/tasks.ts'

const timeoutMs = 100
const patienceMs = 3_000

/** Milliseconds until the caller knew of its worker's death, and from then until the next job had run; Infinity for not within three seconds. */
export async function run(
  name: string,
  death: Task,
): Promise<{ jobs: number; seconds: number; knownMs: number; nextMs: number }> {
  // A death that a pool does not catch is an error of this process.
  process.on('uncaughtException', () => {})
  const { start } = await contenders[name]!()
  const pool = await start(1)
  for (let call = 0; call < 100; call++) await pool.run('noop', call)
  // A spare, if it has one, gets the time to start.
  await new Promise((resolve) => setTimeout(resolve, 500))
  const knownMs = await until(pool.run(death, null, death === 'hang' ? { timeoutMs } : {}))
  const nextMs = knownMs === Infinity ? Infinity : await until(next(pool))
  setTimeout(() => process.exit(), 1_000).unref()
  void pool.close()
  return { jobs: 1, seconds: 1, knownMs: death === 'hang' ? knownMs - timeoutMs : knownMs, nextMs }
}

async function next(pool: Contender): Promise<void> {
  await pool.run('noop', 1)
}

async function until(call: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  let timer: ReturnType<typeof setTimeout>
  const tired = new Promise<number>((resolve) => (timer = setTimeout(() => resolve(Infinity), patienceMs)))
  const over = (): number => performance.now() - startedAt
  const ms = await Promise.race([call.then(over, over), tired])
  clearTimeout(timer!)
  return ms
}
