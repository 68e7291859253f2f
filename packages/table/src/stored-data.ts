import {
  noExtras,
  type Body,
  type Extras,
  type Key,
  type Kind,
  type Queue,
  type Schedule,
  type StoredBody,
} from '@millrace/core'
import { corrupt } from './byte-reader.ts'
import { apart } from './frame-format.ts'

/*
 * The door for what comes out of a journal: what the table itself relies on is checked, so that no frame can break an
 * index. Whether the rest makes sense is the core's to find when it runs a command on it.
 */

type Unchecked = Readonly<Record<string, unknown>>

export function kindOf(data: object): Kind {
  const { queue, name, version, retry, timeoutMs } = data as Unchecked
  check(isText(queue) && isText(name) && isNumber(version) && isNumber(timeoutMs), 'a kind')
  check(isObject(retry) && isObject(retry.backoff), 'a retry policy')
  return { queue, name, version, retry: retry as unknown as Kind['retry'], timeoutMs }
}

export function queueOf(data: object): Queue {
  const { name, config } = data as Unchecked
  check(isText(name) && isObject(config) && isObject(config.retention), 'a queue')
  return data as Queue
}

export function keyOf(data: object): Key {
  const { queue, key, finishTag } = data as Unchecked
  check(isText(queue) && isText(key) && isNumber(finishTag), 'a key')
  return data as Key
}

export function scheduleOf(data: object): Schedule {
  const { id, spec, template, nextAt } = data as Unchecked
  check(isText(id) && isObject(spec) && isObject(template) && isNumber(nextAt), 'a schedule')
  return data as Schedule
}

export function extrasOf(data: object): Extras {
  if (Object.keys(data).length === 0) return noExtras
  const { deadline, key, unique, idempotency, parents, flow, latch, result, steps } = data as Unchecked
  check(deadline === undefined || isNumber(deadline), 'a deadline')
  check(key === undefined || isText(key), 'a key')
  check(unique === undefined || (isObject(unique) && isText(unique.key)), 'a unique key')
  check(idempotency === undefined || (isObject(idempotency) && isText(idempotency.key)), 'an idempotency key')
  check(flow === undefined || (isObject(flow) && isText(flow.id)), 'a flow')
  check(
    parents === undefined ||
      (Array.isArray(parents) && parents.every((one) => isObject(one) && isText(one.id))),
    'a parent',
  )
  check(latch === undefined || (isObject(latch) && isBody(latch.payload)), 'a latch')
  check(result === undefined || isBody(result), 'a result')
  check(steps === undefined || (isObject(steps) && Object.values(steps).every(isBody)), 'a step')
  return data as Extras
}

export function referenceOf(body: StoredBody): StoredBody {
  check(isBody(body) && body.segment !== apart, 'a reference')
  return body
}

function isBody(value: unknown): value is Body {
  if (isText(value)) return true
  if (!isObject(value) || !isCount(value.offset) || !isCount(value.bytes) || value.bytes >= 2 ** 31)
    return false
  return isCount(value.segment) || value.segment === apart
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw corrupt(`${what} is malformed`)
}
