import type { TraceLine } from '@millrace/runtime'
import type { Trace } from './trace.ts'

/** Milliseconds since the trace began. */
type At = number

/** One attempt as it was recorded. */
export interface RecordedAttempt {
  /** When the job could have been claimed. */
  readonly readyAt: At
  readonly startedAt: At
  /** The end of the trace, if the attempt went on. */
  endedAt: At
  /** `fails` also where it was put off or given back: the slot was used, and the job came again. */
  fate: 'completes' | 'fails' | 'crashes' | 'goes on'
  /** From its end to when the job was due again. */
  again: At | undefined
}

/** One job from its arrival to its end. */
export interface Journey {
  readonly queue: string
  readonly name: string
  readonly priority: number
  /** When it was due for the first time. */
  dueAt: At
  readonly deadline: At | undefined
  readonly attempts: RecordedAttempt[]
  endedAt: At | undefined
  end: 'completed' | 'dead' | 'cancelled' | 'expired' | 'shed' | undefined
}

/** All that a trace tells of jobs. */
export interface Journeys {
  /** In order of arrival. */
  readonly all: readonly Journey[]
  readonly endsAt: At
  /** Most attempts at once: what was there of slots, or was needed. */
  readonly slots: number
  readonly notes: readonly string[]
}

/** Puts the lines of each job together. */
export function journeysOf({ lines, notes }: Trace): Journeys {
  const reader = new JourneyReader()
  for (const line of lines) reader.read(line)
  const { all, endsAt, slots } = reader.close()
  return { all, endsAt, slots, notes: [...notes, ...reader.notes()] }
}

class JourneyReader {
  readonly #all: Journey[] = []
  readonly #open = new Map<number, Journey>()
  readonly #running = new Set<number>()
  #endsAt = 0
  #slots = 0
  #strangers = 0
  #lost = 0
  #blocked = 0
  #merged = 0

  read(line: TraceLine): void {
    this.#endsAt = Math.max(this.#endsAt, line.at)
    switch (line.event) {
      case 'enqueued':
      case 'redriven':
        return this.#arrives(line)
      case 'started':
        return this.#starts(line)
      case 'failed':
      case 'crashed':
        return this.#leavesSlot(line, line.event === 'failed' ? 'fails' : 'crashes')
      case 'retrying':
      case 'snoozed':
        return this.#comesAgain(line, line.runAt)
      case 'released':
        return this.#comesAgain(line, line.at)
      case 'completed':
      case 'dead':
      case 'cancelled':
      case 'expired':
      case 'shed':
        return this.#ends(line, line.event)
      case 'merged':
        return void this.#merged++
      case 'lost':
        return void (this.#lost += line.events)
      case 'definition':
      case 'worker':
      case 'paused':
      case 'resumed':
      case 'saturated':
      case 'relieved':
      case 'end':
    }
  }

  close(): Pick<Journeys, 'all' | 'endsAt' | 'slots'> {
    for (const { attempts } of this.#open.values()) {
      const last = attempts.at(-1)
      if (last?.fate === 'goes on') last.endedAt = this.#endsAt
    }
    // Scheduled ones arrive when they are due, and those that never became due within the trace not at all.
    const all = this.#all.filter(({ dueAt, attempts }) => dueAt <= this.#endsAt || attempts.length > 0)
    return { all: all.sort((a, b) => a.dueAt - b.dueAt), endsAt: this.#endsAt, slots: this.#slots }
  }

  notes(): readonly string[] {
    const told: readonly (readonly [number, string])[] = [
      [this.#strangers, 'attempts of jobs that were there before the trace began: left out'],
      [this.#lost, 'events are missing, since the writer was too slow: record with a faster one'],
      [this.#blocked, 'jobs waited for other jobs or for their key: limits per key are not modelled'],
      [this.#merged, 'triggers were merged with jobs that were there: they are no arrivals'],
    ]
    return told.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  }

  #arrives(line: Extract<TraceLine, { event: 'enqueued' | 'redriven' }>): void {
    const { at, job, queue, name, priority, runAt, deadline } = line
    if (line.state === 'blocked') this.#blocked++
    const dueAt = Math.max(0, at, runAt)
    const journey: Journey = {
      queue,
      name,
      priority,
      dueAt,
      deadline,
      attempts: [],
      endedAt: undefined,
      end: undefined,
    }
    this.#all.push(journey)
    this.#open.set(job, journey)
  }

  #starts({ at, job, runAt }: Extract<TraceLine, { event: 'started' | 'retrying' | 'snoozed' }>): void {
    this.#running.add(job)
    this.#slots = Math.max(this.#slots, this.#running.size)
    const journey = this.#open.get(job)
    if (journey === undefined) {
      this.#strangers++
      return
    }
    const { attempts } = journey
    // Its parents, or a newer trigger, may have put it off.
    if (attempts.length === 0) journey.dueAt = Math.max(journey.dueAt, runAt)
    const readyAt = Math.max(runAt, attempts.at(-1)?.endedAt ?? journey.dueAt)
    attempts.push({ readyAt, startedAt: at, endedAt: at, fate: 'goes on', again: undefined })
  }

  #leavesSlot({ at, job }: { readonly at: At; readonly job: number }, fate: RecordedAttempt['fate']): void {
    this.#running.delete(job)
    const last = this.#open.get(job)?.attempts.at(-1)
    if (last?.fate !== 'goes on') return
    last.endedAt = at
    last.fate = fate
  }

  #comesAgain(line: { readonly at: At; readonly job: number }, runAt: At): void {
    this.#leavesSlot(line, 'fails')
    const last = this.#open.get(line.job)?.attempts.at(-1)
    if (last !== undefined) last.again = Math.max(0, runAt - last.endedAt)
  }

  #ends(line: { readonly at: At; readonly job: number }, end: NonNullable<Journey['end']>): void {
    this.#leavesSlot(line, end === 'completed' ? 'completes' : 'fails')
    const journey = this.#open.get(line.job)
    this.#open.delete(line.job)
    if (journey !== undefined) Object.assign(journey, { end, endedAt: line.at })
  }
}
