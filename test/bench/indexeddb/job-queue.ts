/** What every contender is asked to keep: a job of about 250 bytes. */
export interface SmallJob {
  readonly id: string
  readonly payload: string
}

/** A queue in IndexedDB under measurement. */
export interface JobQueue {
  /** What is called later sees what was called before, though that is not answered yet: then nobody waits in between. */
  readonly keepsOrder: boolean
  enqueue(jobs: readonly SmallJob[]): Promise<void>
  /** Takes up to `limit` jobs, so that no other tab takes them; their handles. */
  claim(limit: number): Promise<readonly unknown[]>
  /** They are done. */
  settle(claimed: readonly unknown[]): Promise<void>
  close(): Promise<void>
}

export type OpenQueue = (name: string) => Promise<JobQueue>

const payload = JSON.stringify({ url: 'https://example.test/photos', file: 'x'.repeat(140), size: 123_456 })

export function smallJobs(count: number): readonly SmallJob[] {
  return Array.from({ length: count }, () => ({ id: crypto.randomUUID(), payload }))
}
