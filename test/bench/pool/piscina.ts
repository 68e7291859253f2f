import { Piscina } from 'piscina'
import type { Contender } from './contender.ts'

export function start(workers: number): Contender {
  const filename = new URL('./tasks.ts', import.meta.url).href
  const pool = new Piscina({ filename, minThreads: workers, maxThreads: workers })
  return {
    run: (name, payload, { transfer, timeoutMs } = {}) =>
      pool.run(payload, {
        name,
        transferList: [...(transfer ?? [])] as never,
        signal: timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs),
      }) as Promise<unknown>,
    close: () => pool.destroy(),
  }
}
