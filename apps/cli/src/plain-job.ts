import type { Job } from 'millrace/file'

/** A job for a machine: with its payload and result as data. */
export function plainJob({ extras, payload, ...job }: Job): object {
  return { ...job, ...extras, payload: dataOf(payload), result: dataOf(extras.result) }
}

/** Bodies are JSON, unless a codec sealed them. */
function dataOf(body: Job['payload'] | undefined): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
