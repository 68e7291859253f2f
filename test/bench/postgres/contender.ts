/** One queue on PostgreSQL, as the bench drives it. Payloads are numbers. */
export interface Contender {
  enqueue(payload: number): Promise<unknown>
  enqueueMany(payloads: readonly number[]): Promise<unknown>
  /** Starts a worker; resolves when it works. */
  work(handle: (payload: number) => void): Promise<void>
  /** Stops the worker: what it handled is acknowledged then. */
  rest(): Promise<void>
  /** Jobs not finished yet. */
  unfinished(): Promise<number>
  close(): Promise<void>
}

/** `quick` is for a lone job: the mode that starts it soonest; `bulk` the one that does the most per second. */
export type Mode = 'quick' | 'bulk'

export type OpenContender = (connectionString: string, mode: Mode) => Promise<Contender>

/** What every job carries beside its number: 100 bytes. */
export const ballast: string = 'x'.repeat(100)
