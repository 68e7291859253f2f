import type { Attempt } from './attempt.ts'
import type { HandlerContext } from './context.ts'
import type { Implementation } from './define-job.ts'
import { decode, encode } from './payload.ts'
import { isThenable, validate } from './standard-schema.ts'
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
  if (definition.options.input === undefined && version === definition.version)
    return handler(decode(payload as string) as never, context)
  return beginChecked(implementation, attempt, context)
}

async function beginChecked(
  implementation: Implementation,
  attempt: Attempt,
  context: HandlerContext,
): Promise<unknown> {
  const payload = await preparePayload(implementation, attempt)
  return await implementation.handler(payload as never, context)
}

async function preparePayload({ definition }: Implementation, { job }: Attempt): Promise<unknown> {
  const { migrate, input } = definition.options
  if (job.version > definition.version)
    throw new Snooze(newerVersionDelay, `version ${job.version} of ${job.name} is newer than this worker's`)
  try {
    let payload = decode(job.payload as string)
    if (job.version < definition.version && migrate !== undefined)
      payload = await migrate(payload, job.version)
    return input === undefined ? payload : await validate(input, payload, `the payload of ${job.name}`)
  } catch (error) {
    throw new InvalidPayload(error)
  }
}

/** The result as it is stored, or a promise of it if the schema is asynchronous. */
export function encodeResult(
  { definition }: Implementation,
  value: unknown,
  limit: number,
): string | undefined | PromiseLike<string | undefined> {
  if (value === undefined && definition.options.output === undefined) return undefined
  const what = `the result of ${definition.name}`
  try {
    const checked =
      definition.options.output === undefined ? value : validate(definition.options.output, value, what)
    if (isThenable(checked))
      return checked.then(
        (late) => textOf(late, what, limit),
        (error: unknown) => {
          throw new InvalidResult(error)
        },
      )
    return textOf(checked, what, limit)
  } catch (error) {
    throw error instanceof InvalidResult ? error : new InvalidResult(error)
  }
}

function textOf(value: unknown, what: string, limit: number): string | undefined {
  try {
    return value === undefined ? undefined : encode(value, what, limit).text
  } catch (error) {
    throw new InvalidResult(error)
  }
}
