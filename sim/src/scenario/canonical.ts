import { MillraceError } from '@millrace/core'
import { jobClass, queueModel, scenario as shape } from './format.ts'
import { readScenario } from './parse.ts'
import type { Scenario } from './scenario.ts'

/** Every field, keys sorted, times in seconds: equal for equal scenarios, and itself a scenario. */
export function canonicalText(scenario: Scenario): string {
  return JSON.stringify(sorted(scenario))
}

/** SHA-256 of the canonical form, in hexadecimal. */
export async function scenarioId(scenario: Scenario): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalText(scenario))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const longestLink = 2_000

/**
 * The scenario as text for an address bar: without its defaults, deflated, in base64url; at most 2,000 characters.
 * @throws {MillraceError} BAD_ARGUMENT if it is longer: a recorded trace does not fit into an address.
 */
export async function scenarioToLink(scenario: Scenario): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(withoutDefaults(scenario)))
  const deflated = await throughStream(bytes, new CompressionStream('deflate-raw'))
  const link = btoa(String.fromCharCode(...deflated))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  if (link.length <= longestLink) return link
  const message = `scenario ${scenario.name} takes ${link.length} characters and a link holds ${longestLink}; share it as a file`
  throw new MillraceError('BAD_ARGUMENT', message)
}

/**
 * The scenario a link stands for.
 * @throws {MillraceError} BAD_ARGUMENT if the link is damaged or what it holds is no scenario.
 */
export async function scenarioFromLink(link: string): Promise<Scenario> {
  return readScenario(await inflated(link))
}

async function inflated(link: string): Promise<string> {
  try {
    if (link.length > longestLink) throw new RangeError(`it has ${link.length} characters`)
    const binary = atob(link.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(
      await throughStream(bytes, new DecompressionStream('deflate-raw')),
    )
  } catch (cause) {
    throw new MillraceError('BAD_ARGUMENT', `this is no scenario link: ${(cause as Error).message}`, {
      cause,
    })
  }
}

// Two kilobytes of deflate can hold two megabytes of nothing; no scenario that came from a link is so large.
const largestInflated = 65_536

async function throughStream(
  bytes: Uint8Array<ArrayBuffer>,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of new Blob([bytes]).stream().pipeThrough(transform)) {
    length += chunk.length
    if (length > largestInflated) throw new RangeError(`it holds more than ${largestInflated} bytes`)
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  chunks.reduce((offset, chunk) => (whole.set(chunk, offset), offset + chunk.length), 0)
  return whole
}

function withoutDefaults(scenario: Scenario): object {
  const { classes, queues, workers, retry, stop, ...rest } = scenario
  return lean(shape.schema, {
    ...rest,
    classes: classes.map((one) => lean(jobClass.schema, one)),
    queues: Object.fromEntries(
      Object.entries(queues).map(([name, queue]) => [name, lean(queueModel.schema, queue)]),
    ),
    workers: lean(propertyOf(shape.schema, 'workers'), workers),
    retry: lean(propertyOf(shape.schema, 'retry'), retry),
    stop: lean(propertyOf(shape.schema, 'stop'), stop),
  })
}

/** Drops what equals the default its schema names. */
function lean(schema: object, value: object): object {
  return Object.fromEntries(
    Object.entries(value).filter(([name, one]) => {
      const { default: absent } = propertyOf(schema, name) as { readonly default?: unknown }
      return (
        absent === undefined ||
        (!isEmpty(one) && JSON.stringify(sorted(one)) !== JSON.stringify(sorted(absent)))
      )
    }),
  )
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function propertyOf(schema: object, name: string): object {
  const { properties } = schema as { readonly properties: Readonly<Record<string, object>> }
  return Object.hasOwn(properties, name) ? properties[name]! : {}
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, one]) => [name, sorted(one)]))
}
