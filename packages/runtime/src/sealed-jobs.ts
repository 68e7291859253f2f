import { byteLength, UnreadableBody, type Body, type Job, type NewJob } from '@millrace/core'
import { unreadable, type Codec } from './aes-gcm-codec.ts'
import { decode } from './payload.ts'

// No JSON begins with it, so what was stored before there was a codec, and what core itself writes, is told apart.
const mark = 'sealed '

/** What a body says, once the store has answered with it. */
export function readText(body: Body): unknown {
  if (typeof body !== 'string') throw (body as UnreadableBody).error
  return decode(body)
}

/** Jobs as they lie in the store: what their users wrote is sealed, the rest is as it was. */
export class SealedJobs {
  readonly #codec: Codec

  constructor(codec: Codec) {
    this.#codec = codec
  }

  async seal(text: string, place: string): Promise<string> {
    return `${mark}${encodeURIComponent(place)} ${await this.#codec.encode(text, place)}`
  }

  async sealNew<Sealed extends NewJob>(job: Sealed, place: string = placeOf(job)): Promise<Sealed> {
    const payload = await this.seal(job.payload, place)
    return { ...job, payload, bytes: byteLength(payload) }
  }

  /** What cannot be opened is left unreadable: one bad job must not keep a worker from all others. */
  async open(job: Job): Promise<Job> {
    const { result, steps } = job.extras
    const payload = await this.#open(job.payload, (place) => isAt(job, place))
    if (result === undefined && steps === undefined)
      return payload === job.payload ? job : { ...job, payload }
    const extras = {
      ...job.extras,
      ...(result !== undefined && {
        result: await this.#open(result, (place) => place === resultPlace(job.id)),
      }),
      ...(steps !== undefined && { steps: await this.#openSteps(job.id, steps) }),
    }
    return { ...job, payload, extras }
  }

  async #openSteps(id: string, steps: Readonly<Record<string, Body>>): Promise<Record<string, Body>> {
    const opened = Object.entries(steps).map(
      async ([name, body]) =>
        [name, await this.#open(body, (place) => place === stepPlace(id, name))] as const,
    )
    return Object.fromEntries(await Promise.all(opened))
  }

  async openText(text: string, place: string): Promise<string | undefined> {
    const body = await this.#open(text, (other) => other === place)
    return typeof body === 'string' ? body : undefined
  }

  async #open(body: Body, isRight: (place: string) => boolean): Promise<Body> {
    if (!isSealed(body)) return body
    const [, encodedPlace = '', text = ''] = body.split(' ')
    try {
      const place = decodeURIComponent(encodedPlace)
      if (!isRight(place)) throw unreadable(place, 'it was found in another place than it was written for')
      return await this.#codec.decode(text, place)
    } catch (error) {
      // Another worker may have the key.
      return new UnreadableBody(body.length, error, false)
    }
  }
}

export function isSealed(body: Body | undefined): body is string {
  return typeof body === 'string' && body.startsWith(mark)
}

/** As an event shows it, which comes at once and cannot wait for a codec. */
export function hidden(job: Job): Job {
  const { result } = job.extras
  const hide = (body: Body): Body => (isSealed(body) ? { segment: 0, offset: 0, bytes: body.length } : body)
  const extras = result === undefined ? job.extras : { ...job.extras, result: hide(result) }
  return { ...job, payload: hide(job.payload), extras }
}

export function resultPlace(id: string): string {
  return `result:${id}`
}

export function stepPlace(id: string, step: string): string {
  return `step:${id}:${step}`
}

export function schedulePlace(id: string): string {
  return `schedule:${id}`
}

export function payloadPlace(id: string): string {
  return `payload:${id}`
}

/** Where a unique key is held, the newest trigger's payload may become the holder's: it belongs to the key. */
export function placeOf({ id, extras: { unique } }: Pick<NewJob, 'id' | 'extras'>): string {
  return unique === undefined ? payloadPlace(id) : `unique:${unique.key}`
}

function isAt(job: Job, place: string): boolean {
  const { unique, flow, parents, schedule, causationId } = job.extras
  if (place === payloadPlace(job.id)) return true
  if (unique !== undefined) return place === placeOf(job)
  // A compensation has the payload of the step it undoes.
  if (flow?.compensates !== undefined) return place === payloadPlace(parents?.[0]?.id ?? '')
  if (schedule !== undefined) return place === schedulePlace(schedule.id)
  // A follow-up that could not take over the key of the job it follows still has its payload.
  return causationId !== undefined && place.startsWith(`unique:${job.name}:`)
}
