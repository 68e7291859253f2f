import {
  MillraceError,
  noExtras,
  type Millis,
  type Missed,
  type Occurrence,
  type Overlap,
  type Schedule,
} from '@millrace/core'
import { calendarOf, type Calendar } from './calendar.ts'
import type { CommandRunner } from './command-runner.ts'
import type { JobDefinition } from './define-job.ts'
import { parseDuration, type Duration } from './duration.ts'
import { newJob, type ChildOptions } from './enqueue-options.ts'
import { checkName } from './names.ts'
import { badArgument, checkInteger, checkOneOf, checkOptions } from './options.ts'

/** When a schedule fires. */
export type ScheduleRule =
  /** Five or six cron fields in an IANA zone; UTC, if none is given. */
  | { readonly cron: string; readonly timeZone?: string; readonly every?: never }
  /** Elapsed time, counted from when the schedule was first stored. */
  | { readonly every: Duration; readonly cron?: never; readonly timeZone?: never }

export type ScheduleOptions<Payload, Result, Input> = ScheduleRule & {
  readonly job: JobDefinition<Payload, Result, Input>
  readonly payload: Input
  /** Occurrences that nobody was there to fire: none, the newest (if not given), or up to so many. */
  readonly missed?: Missed
  /** While the one before still runs: leave it out, let it wait (if not given), run beside it, or cancel that one. */
  readonly overlap?: Overlap
  readonly priority?: number
  readonly key?: string
}

/** A schedule as it is stored. */
export interface ScheduleView {
  readonly id: string
  readonly rule: { readonly cron: string; readonly timeZone: string } | { readonly everyMs: Millis }
  readonly job: string
  /** The next occurrence; undefined when there is none any more. */
  readonly nextAt: Date | undefined
  readonly missed: Missed
  readonly overlap: Overlap
}

const known = ['cron', 'timeZone', 'every', 'job', 'payload', 'missed', 'overlap', 'priority', 'key']
// Room for `@` and a time behind it, within the bounds of an id.
const longestId = 100
// A schedule that was asleep makes at most so many jobs at once.
const mostMissed = 1_000

/** Jobs that come by the clock. Any number of runtimes may look after the same schedules: each occurrence is fired once. */
export class Schedules {
  readonly #commands: CommandRunner
  readonly #payloadLimit: number
  readonly #calendars = new Map<string, Promise<Calendar>>()
  /** Told when a stored schedule is due next: not every store wakes for that. */
  expect: (at: Millis) => void = () => {}

  constructor(commands: CommandRunner, payloadLimit: number) {
    this.#commands = commands
    this.#payloadLimit = payloadLimit
  }

  /** The same again changes nothing; another rule under the same id starts anew from now. */
  async put<Payload, Result, Input>(
    id: string,
    options: ScheduleOptions<Payload, Result, Input>,
  ): Promise<void> {
    checkName(id, 'the id of a schedule')
    if (id.length > longestId) throw badArgument(`the id of a schedule has at most ${longestId} characters`)
    checkOptions(options, known, `schedule ${id}`)
    const now = this.#commands.now()
    const spec = specOf(options, now, `schedule ${id}`)
    const nextAt = (await this.#calendar(spec)).next(now)
    if (nextAt === Infinity)
      throw new MillraceError('SCHEDULE_INVALID', `schedule ${id} never fires; look at its days and months`, {
        outcome: 'no',
      })
    await this.#commands.run('putSchedule', { schedule: this.#schedule(id, options, spec, nextAt) })
    this.expect(nextAt)
  }

  async drop(id: string): Promise<boolean> {
    return (await this.#commands.run('dropSchedule', { id })).outcome === 'dropped'
  }

  async list(): Promise<readonly ScheduleView[]> {
    return (await this.#commands.run('listSchedules', {})).schedules.map(viewOf)
  }

  /** The next `count` times of a rule, from now; stored or not. */
  async preview(rule: ScheduleRule, count: number): Promise<readonly Date[]> {
    checkInteger(count, 1, 1_000, 'preview: count')
    let at = this.#commands.now()
    const calendar = await this.#calendar(specOf(rule, at, 'preview'))
    const times: Date[] = []
    while (times.length < count && (at = calendar.next(at)) !== Infinity) times.push(new Date(at))
    return times
  }

  /** Fires what is due. Costs one look at the stored schedules. */
  async fireDue(): Promise<void> {
    const now = this.#commands.now()
    const { schedules } = await this.#commands.run('listSchedules', {})
    for (const schedule of schedules)
      if (!schedule.paused && schedule.nextAt <= now) await this.#fire(schedule, now)
  }

  async #fire(schedule: Schedule, now: Millis): Promise<void> {
    const calendar = await this.#calendar(schedule.spec)
    const count = typeof schedule.missed === 'object' ? Math.max(1, schedule.missed.all) : 1
    const occurrences = calendar
      .between(schedule.nextAt, now, count)
      .map((time) => occurrence(schedule.id, time))
    const { id, nextAt: expected } = schedule
    await this.#commands.run('fire', { id, expected, occurrences, nextAt: calendar.next(now) })
  }

  #calendar(spec: Schedule['spec']): Promise<Calendar> {
    const key = JSON.stringify(spec)
    const calendar = this.#calendars.get(key) ?? calendarOf(spec)
    this.#calendars.set(key, calendar)
    return calendar
  }

  #schedule<Payload, Result, Input>(
    id: string,
    options: ScheduleOptions<Payload, Result, Input>,
    spec: Schedule['spec'],
    nextAt: Millis,
  ): Schedule {
    const { job, payload, missed = 'latest', overlap = 'queue', priority, key } = options
    const enqueueOptions: ChildOptions = {
      ...(priority !== undefined && { priority }),
      ...(key !== undefined && { key }),
    }
    const { clock } = this.#commands
    const template = newJob(id, job, payload, enqueueOptions, noExtras, clock, this.#payloadLimit)
    checkOneOf(overlap, ['skip', 'queue', 'allow', 'cancelPrevious'], `schedule ${id}: overlap`)
    return {
      id,
      spec,
      missed: checkMissed(missed, id),
      overlap,
      template,
      nextAt,
      lastJob: '',
      paused: false,
    }
  }
}

function specOf(rule: ScheduleRule, now: Millis, what: string): Schedule['spec'] {
  if ((rule.cron === undefined) === (rule.every === undefined))
    throw badArgument(`${what}: give either cron or every`)
  if (rule.cron !== undefined) return { cron: rule.cron, timeZone: rule.timeZone ?? 'UTC' }
  return { everyMs: parseDuration(rule.every!, `${what}: every`, 1), anchor: now }
}

function checkMissed(missed: Missed, id: string): Missed {
  if (typeof missed === 'object')
    return { all: checkInteger(missed.all, 1, mostMissed, `schedule ${id}: missed.all`) }
  return checkOneOf<'skip' | 'latest'>(missed, ['skip', 'latest'], `schedule ${id}: missed`)
}

function occurrence(schedule: string, nominalAt: Millis): Occurrence {
  return { id: `${schedule}@${new Date(nominalAt).toISOString()}`, nominalAt }
}

function viewOf({ id, spec, template, nextAt, missed, overlap }: Schedule): ScheduleView {
  const rule = 'cron' in spec ? spec : { everyMs: spec.everyMs }
  return {
    id,
    rule,
    job: template.name,
    nextAt: nextAt === Infinity ? undefined : new Date(nextAt),
    missed,
    overlap,
  }
}
