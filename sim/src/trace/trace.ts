import { MillraceError } from '@millrace/core'
import { traceVersion, type TraceHeader, type TraceLine } from '@millrace/runtime'

/** What `runtime.record` wrote. */
export interface Trace {
  readonly header: TraceHeader
  readonly lines: readonly TraceLine[]
  /** What a reader of conclusions from it must know. */
  readonly notes: readonly string[]
}

const fields: Readonly<Record<string, Readonly<Record<string, 'number' | 'string' | 'object'>>>> = {
  definition: { queue: 'string', name: 'string', retry: 'object', timeoutMs: 'number' },
  ...fieldsOf(['enqueued', 'redriven'], {
    job: 'number',
    queue: 'string',
    name: 'string',
    priority: 'number',
  }),
  ...fieldsOf(['started', 'retrying', 'snoozed'], { job: 'number', runAt: 'number' }),
  ...fieldsOf(['completed', 'failed', 'crashed', 'released'], { job: 'number' }),
  ...fieldsOf(['dead', 'cancelled', 'expired', 'shed', 'merged'], { job: 'number' }),
  worker: { queues: 'object', concurrency: 'number' },
  lost: { events: 'number' },
  end: {},
}

/**
 * A trace from its lines.
 * @throws {MillraceError} BAD_ARGUMENT, with the line that is wrong.
 */
export function readTrace(texts: Iterable<string>): Trace {
  const lines: TraceLine[] = []
  const notes: string[] = []
  let header: TraceHeader | undefined
  let number = 0
  let torn: MillraceError | undefined
  for (const text of texts) {
    number++
    if (torn !== undefined) throw torn
    if (text.trim() === '') continue
    const value = parsed(text)
    if (value === undefined) {
      // Only the last line may be torn: the process died while it wrote it.
      torn = wrong(number, 'is not JSON')
      continue
    }
    if (header === undefined) header = readHeader(value, number)
    else if (typeof value.event !== 'string') throw wrong(number, 'has no event')
    else if (Object.hasOwn(fields, value.event)) lines.push(readLine(value, fields[value.event]!, number))
  }
  if (header === undefined) throw torn ?? wrong(1, 'is missing: an empty file is no trace')
  if (lines.at(-1)?.event !== 'end')
    notes.push('the trace has no end: its process died, or it is being written still')
  return { header, lines, notes }
}

function fieldsOf<T>(events: readonly string[], one: T): Readonly<Record<string, T>> {
  return Object.fromEntries(events.map((event) => [event, one]))
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return undefined
  }
}

function readHeader(value: Readonly<Record<string, unknown>>, number: number): TraceHeader {
  if (value.millrace !== 'trace')
    throw wrong(number, 'is not the header of a trace that runtime.record wrote')
  if (value.v !== traceVersion)
    throw wrong(number, `says version ${JSON.stringify(value.v)}, and this reads version ${traceVersion}`)
  if (typeof value.queues !== 'object' || value.queues === null) throw wrong(number, 'has no queues')
  return value as unknown as TraceHeader
}

function readLine(
  value: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, 'number' | 'string' | 'object'>>,
  number: number,
): TraceLine {
  for (const [name, type] of Object.entries({ at: 'number', ...wanted }))
    if (typeof value[name] !== type || value[name] === null)
      throw wrong(
        number,
        `(${String(value.event)}): ${name} must be a ${type}, not ${JSON.stringify(value[name]) ?? 'left out'}`,
      )
  return value as unknown as TraceLine
}

function wrong(number: number, what: string): MillraceError {
  return new MillraceError('BAD_ARGUMENT', `line ${number} of the trace ${what}`)
}
