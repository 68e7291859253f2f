import type { Body, Extras, StoredBody } from '@millrace/core'
import type { Place } from './journal.ts'

/** A text of more bytes stays in the journal, if the journal can give it back; a shorter one stays in memory too. */
export const longTextBytes = 1024

/** The reference to a text that stands `offset` bytes behind a place. */
export function bodyAt(place: Place, offset: number, bytes: number): StoredBody {
  return { segment: place.segment, offset: place.offset + offset, bytes }
}

export function isSameBody(a: Body, b: Body): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.segment === b.segment && a.offset === b.offset
}

/** The extras with each of their bodies changed; the very same if none was. */
export function mapBodies(extras: Extras, change: (body: Body) => Body): Extras {
  const { result, latch, steps } = extras
  if (result === undefined && latch === undefined && steps === undefined) return extras
  const bodies = {
    ...(result !== undefined && { result: change(result) }),
    ...(latch !== undefined && { latch: { ...latch, payload: change(latch.payload) } }),
    ...(steps !== undefined && { steps: mapSteps(steps, change) }),
  }
  const isSame =
    bodies.result === result && bodies.latch?.payload === latch?.payload && bodies.steps === steps
  return isSame ? extras : { ...extras, ...bodies }
}

const none: readonly StoredBody[] = []

/** The bodies of a job that stand in the journal. */
export function storedBodies(payload: Body, extras: Extras): readonly StoredBody[] {
  const { result, latch, steps } = extras
  if (typeof payload === 'string' && result === undefined && latch === undefined && steps === undefined)
    return none
  const bodies = [payload, result, latch?.payload, ...Object.values(steps ?? {})]
  return bodies.filter((body) => typeof body === 'object')
}

type Steps = NonNullable<Extras['steps']>

function mapSteps(steps: Steps, change: (body: Body) => Body): Steps {
  const changed = Object.entries(steps).map(([name, body]) => [name, change(body)] as const)
  return changed.every(([name, body]) => body === steps[name]) ? steps : Object.fromEntries(changed)
}
