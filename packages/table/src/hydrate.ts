import type { Body, Extras, Job, StoredBody } from '@millrace/core'

/** Reads back what the jobs of a reply left in the journal. Answers `undefined` when there is nothing to read. */
export function hydrate<R>(reply: R, read: (body: StoredBody) => Promise<string>): Promise<R> | undefined {
  const jobs = jobsOf(reply)
  if (jobs === undefined || !jobs.some(hasStoredBody)) return undefined
  return Promise.all(jobs.map((job) => withTexts(job, read))).then((texts) => ({ ...reply, jobs: texts }))
}

/** By convention, a reply that carries jobs carries them as `jobs`. */
function jobsOf(reply: unknown): readonly Job[] | undefined {
  if (typeof reply !== 'object' || reply === null || !('jobs' in reply)) return undefined
  return reply.jobs as readonly Job[]
}

function hasStoredBody({ payload, extras }: Job): boolean {
  return (
    isStored(payload) ||
    isStored(extras.result) ||
    isStored(extras.latch?.payload) ||
    Object.values(extras.steps ?? {}).some(isStored)
  )
}

function isStored(body: Body | undefined): body is StoredBody {
  return typeof body === 'object'
}

async function withTexts(job: Job, read: (body: StoredBody) => Promise<string>): Promise<Job> {
  const text = async (body: Body): Promise<Body> => (isStored(body) ? await read(body) : body)
  return { ...job, payload: await text(job.payload), extras: await extrasWithTexts(job.extras, text) }
}

async function extrasWithTexts(extras: Extras, text: (body: Body) => Promise<Body>): Promise<Extras> {
  const { result, latch, steps } = extras
  if (result === undefined && latch === undefined && steps === undefined) return extras
  const entries = Object.entries(steps ?? {}).map(async ([name, body]) => [name, await text(body)] as const)
  return {
    ...extras,
    ...(result !== undefined && { result: await text(result) }),
    ...(latch !== undefined && { latch: { ...latch, payload: await text(latch.payload) } }),
    ...(steps !== undefined && { steps: Object.fromEntries(await Promise.all(entries)) }),
  }
}
