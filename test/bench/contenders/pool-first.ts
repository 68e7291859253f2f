import { contenders } from '../pool/contender.ts'

/** From nothing to the first answer. The pool's own code is loaded before. */
export async function run(name: string): Promise<{ jobs: number; seconds: number }> {
  const { start } = await contenders[name]!()
  const startedAt = performance.now()
  const pool = await start(1)
  await pool.run('noop', 1)
  const seconds = (performance.now() - startedAt) / 1000
  await pool.close()
  return { jobs: 1, seconds }
}
