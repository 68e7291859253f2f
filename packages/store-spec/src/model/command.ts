import type { CommandName, Request, Settlement } from '@millrace/core'
import type { ClaimDeed, Deed, Ending, EnqueueDeed, RedriveDeed } from './step.ts'
import { flowJobs, newJob, queueNames, scheduleOf } from './plans.ts'
import type { World } from './world.ts'

/** A command with its request. */
export type Command = { [N in CommandName]: { readonly name: N; readonly request: Request<N> } }[CommandName]

/** A deed made real in this world. */
export function commandOf(deed: Deed, world: World): Command {
  switch (deed.kind) {
    case 'enqueue':
      return enqueue(deed, world)
    case 'flow':
      return { name: 'enqueue', request: { jobs: flowJobs(deed, world), atomic: true } }
    case 'claim':
      return claim(deed, world)
    case 'settle':
      return { name: 'settle', request: { settlements: deed.endings.map((one) => settlementOf(one, world)) } }
    case 'renew': {
      const held = deed.attempts.map((pick) => world.attempt(pick))
      return { name: 'renew', request: { leaseMs: deed.leaseMs, held } }
    }
    case 'note': {
      const step = { name: `step-${deed.step}`, result: '1' }
      return { name: 'note', request: { ...world.attempt(deed.attempt), progress: 0.5, step } }
    }
    case 'reap': {
      const gone = deed.gone === undefined ? [] : [ownerOf(deed.gone)]
      return { name: 'reap', request: { limit: deed.limit, gone } }
    }
    case 'cancel':
      return { name: 'cancel', request: { ids: deed.jobs.map((pick) => idOf(pick, world)), reason: 'test' } }
    case 'pause':
      return { name: 'pause', request: { queue: queueNames[deed.queue]!, paused: deed.paused } }
    case 'redrive':
      return redrive(deed, world)
    case 'discard':
      return { name: 'discard', request: { limit: deed.limit } }
    case 'prune':
      return { name: 'prune', request: { limit: deed.limit } }
    case 'schedule':
      return { name: 'putSchedule', request: { schedule: scheduleOf(deed, world) } }
    case 'fire':
      return fire(deed, world)
    case 'read':
      return read(deed, world)
  }
}

function enqueue({ jobs, how, by }: EnqueueDeed, world: World): Command {
  return {
    name: 'enqueue',
    request: {
      jobs: jobs.map((plan) => newJob(plan, world)),
      atomic: how === 'atomic',
      exempt: how === 'exempt',
      ...(how === 'child' && { by: world.attempt(by) }),
    },
  }
}

function claim({ owner: pick, limit, leaseMs, queues, names }: ClaimDeed, world: World): Command {
  const owner = ownerOf(pick)
  return {
    name: 'claim',
    request: {
      owner,
      leaseMs,
      limit,
      queues: world.shares(owner, queues === 'both' ? queueNames : [queues]),
      ...(names !== undefined && { names: names.map((name) => `name-${name}`) }),
    },
  }
}

function redrive({ limit, job, ratePerSecond }: RedriveDeed, world: World): Command {
  return {
    name: 'redrive',
    request: {
      limit,
      // Sometimes one is named twice.
      ...(job !== undefined && { ids: [job, job + (job % 3)].map((pick) => idOf(pick, world)) }),
      ...(ratePerSecond !== undefined && { ratePerSecond }),
    },
  }
}

function idOf(pick: number, world: World): string {
  return world.job(pick)?.id ?? 'nobody'
}

function ownerOf(pick: number): string {
  return `worker-${pick}`
}

function settlementOf({ attempt, outcome }: Ending, world: World): Settlement {
  const held = world.attempt(attempt)
  const error = { name: 'Error', message: `broken ${held.epoch}` }
  switch (outcome) {
    case 'complete':
      return { ...held, outcome, result: '"done"' }
    case 'fail':
      return { ...held, outcome, bucket: 'failure', error }
    case 'dead':
      return { ...held, outcome: 'fail', bucket: 'failure', error, dead: 'nonRetryable' }
    case 'retryAfter':
      return { ...held, outcome: 'fail', bucket: 'crash', error, retryAfterMs: 10 }
    case 'snooze':
      return { ...held, outcome, delayMs: 10 }
    case 'release':
      return { ...held, outcome }
  }
}

/** Every third time with a cursor that another runtime has moved meanwhile. */
function fire({ schedule, late }: Extract<Deed, { kind: 'fire' }>, world: World): Command {
  const id = `schedule-${schedule}`
  const known = world.reference.schedule(id)
  const expected = late === 2 ? 1 : (known?.nextAt ?? 1)
  const occurrences = [{ id: `${id}@${expected}`, nominalAt: expected }]
  return { name: 'fire', request: { id, expected, occurrences, nextAt: expected + 1_000 } }
}

function read({ what, pick }: Extract<Deed, { kind: 'read' }>, world: World): Command {
  const id = idOf(pick, world)
  switch (what) {
    case 'find':
      return { name: 'findJob', request: { id } }
    case 'list':
      return {
        name: 'listJobs',
        request: { limit: 1 + (pick % 5), state: pick % 2 === 0 ? 'dead' : 'enqueued' },
      }
    case 'group':
      return { name: 'groupDead', request: { limit: 100 } }
    case 'explain':
      return { name: 'explain', request: { id, handled: ['name-0'] } }
    case 'schedules':
      return { name: 'listSchedules', request: {} }
  }
}
