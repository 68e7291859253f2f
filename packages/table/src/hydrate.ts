import type { Body, Job, StoredBody } from '@millrace/core'
import { mapBodies, storedBodies } from './bodies.ts'

/** A reply as the caller gets it: every body in its `jobs` is text. A promise only if one must be read. */
export function hydrate<R>(reply: R, read: (body: StoredBody) => Promise<string>): R | Promise<R> {
  const { jobs } = reply as { readonly jobs?: readonly Job[] }
  const stored = jobs?.flatMap(({ payload, extras }) => storedBodies(payload, extras)) ?? []
  if (jobs === undefined || stored.length === 0) return reply
  return Promise.all(stored.map(read)).then((texts) => {
    const textOf = new Map(stored.map((body, index) => [body, texts[index]!]))
    return { ...reply, jobs: jobs.map((job) => withTexts(job, textOf)) }
  })
}

function withTexts(job: Job, textOf: ReadonlyMap<StoredBody, string>): Job {
  const change = (body: Body): Body => (typeof body === 'string' ? body : textOf.get(body)!)
  return { ...job, payload: change(job.payload), extras: mapBodies(job.extras, change) }
}
