import type { Body, UnreadableBody } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { HandlerContext } from './context.ts'
import type { Implementation } from './define-job.ts'
import { decode, encode } from './payload.ts'
import { validate } from './standard-schema.ts'
import { Snooze } from './throwables.ts'

/** The payload is not what this version of the job takes. */
export class InvalidPayload {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

/** The handler's answer cannot be stored. */
export class InvalidResult {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

// A worker of the newer version takes it; this one must not look at it too often meanwhile.
const newerVersionDelay = '1m'

/** Calls the handler. Answers what it returned, or a promise of that; throws what it threw. */
export function begin(implementation: Implementation, attempt: Attempt, context: HandlerContext): unknown {
  const { definition, handler } = implementation
  const { payload, version } = attempt.job
  if (typeof payload !== 'string') throw unreadPayload(payload)
  if (version === definition.version && !definition.isChecked)
    return handler(decode(payload) as never, context)
  return beginChecked(implementation, attempt, context)
}

/** Why an attempt cannot begin: the store answered its job without a payload. */
export function unreadPayload(payload: Exclude<Body, string>): unknown {
  const { error, isLost } = payload as UnreadableBody
  return isLost ? new InvalidPayload(error) : error
}

/** What the handler answered, as it is stored. */
export function encodeResult(name: string, value: unknown, limit: number): string | undefined {
  if (value === undefined) return undefined
  try {
    return encode(value, `the result of ${name}`, limit).text
  } catch (error) {
    throw new InvalidResult(error)
  }
}

async function beginChecked(
  { definition, handler }: Implementation,
  attempt: Attempt,
  context: HandlerContext,
): Promise<unknown> {
  const payload = await preparePayload(definition, attempt, context)
  const result = await handler(payload as never, context)
  const { output } = definition.options
  if (output === undefined) return result
  try {
    return await validate(output, result, `the result of ${definition.name}`)
  } catch (error) {
    throw new InvalidResult(error)
  }
}

async function preparePayload(
  { name, version, options: { migrate, input } }: Implementation['definition'],
  { job }: Attempt,
  context: HandlerContext,
): Promise<unknown> {
  if (job.version > version) {
    context.log(
      `put off for ${newerVersionDelay}: its version ${job.version} is newer than this worker's ${version}`,
    )
    throw new Snooze(newerVersionDelay)
  }
  try {
    const stored = decode(job.payload as string)
    const payload =
      job.version < version && migrate !== undefined ? await migrate(stored, job.version) : stored
    return input === undefined ? payload : await validate(input, payload, `the payload of ${name}`)
  } catch (error) {
    throw new InvalidPayload(error)
  }
}
