import { MillraceError, UnreadableBody, type Body, type Job, type StoredBody } from '@millrace/core'
import { mapBodies, storedBodies } from './bodies.ts'

/** A reply as the caller gets it: every body in its `jobs` is text, or unreadable. A promise only if one must be read. */
export function hydrate<R>(reply: R, read: (body: StoredBody) => Promise<string>): R | Promise<R> {
  const { jobs } = reply as { readonly jobs?: readonly Job[] }
  const ids: string[] = []
  const stored = jobs?.flatMap(({ id, payload, extras }) => {
    const bodies = storedBodies(payload, extras)
    for (const _ of bodies) ids.push(id)
    return bodies
  })
  if (jobs === undefined || stored === undefined || stored.length === 0) return reply
  const reads = stored.map((body, index) =>
    read(body).catch((error: unknown) => unreadable(ids[index]!, body, error)),
  )
  return Promise.all(reads).then((texts) => {
    const textOf = new Map(stored.map((body, index) => [body, texts[index]!]))
    return { ...reply, jobs: jobs.map((job) => withTexts(job, textOf)) }
  })
}

/** A store that has lost one text is told by the job that it belongs to. */
function unreadable(jobId: string, { bytes }: StoredBody, error: unknown): UnreadableBody {
  if (!(error instanceof MillraceError)) return new UnreadableBody(bytes, error, false)
  const told = new MillraceError(error.code, `job ${jobId}: ${error.message}`, { jobId, cause: error })
  return new UnreadableBody(bytes, told, error.code === 'PAYLOAD_UNREADABLE')
}

function withTexts(job: Job, textOf: ReadonlyMap<StoredBody, Body>): Job {
  const change = (body: Body): Body => (typeof body === 'string' ? body : textOf.get(body)!)
  return { ...job, payload: change(job.payload), extras: mapBodies(job.extras, change) }
}
