import { states, type Rows } from '@millrace/core'
import { keys, names, queues } from './deeds.ts'

/** Every question rows can answer, asked of all that the deeds know: two tables that answer alike are alike. */
export function askEverything(rows: Rows): unknown {
  const times = [0, 2, 5, 1e15]
  const limits = [1, 3, Infinity]
  return {
    jobs: rows.list({ limit: Infinity }),
    byId: Array.from({ length: 31 }, (_, n) => rows.job(`job-${n}`)),
    queues: rows.queueNames().map((name) => [name, rows.queue(name)]),
    schedules: ['schedule-0', 'schedule-1', 'schedule-2'].map((id) => rows.schedule(id)),
    scheduleCount: rows.schedules().length,
    nextAt: rows.nextAt(),
    byQueue: queues.map((queue) => askQueue(rows, queue)),
    byTime: times.map((now) =>
      limits.map((limit) => [rows.due(now, limit), rows.expired(now, limit), rows.overdue(now, limit)]),
    ),
    byOwner: ['w1', 'w2', 'nobody'].map((owner) => rows.heldBy(owner)),
    byKey: keys.map((key) => [
      times.map((now) => rows.holder(key, now)),
      rows.idempotent(key),
      rows.flow(key),
    ]),
    byParent: Array.from({ length: 31 }, (_, n) => rows.dependents(`job-${n}`)),
    lists: [
      rows.list({ after: 3, limit: 2 }),
      ...states.map((state) => rows.list({ state, limit: Infinity })),
      ...states.map((state) => rows.list({ state, queue: 'a', after: 2, limit: 2 })),
      rows.list({ name: 'x', queue: 'b', limit: Infinity }),
      rows.list({ fingerprint: 'f1', limit: Infinity }),
    ],
  }
}

function askQueue(rows: Rows, queue: string): unknown {
  return {
    counters: rows.counters(queue),
    ready: [undefined, names, ['y'], ['z', 'x', 'z', 'none']].map((some) =>
      [1, 3, Infinity].map((limit) => rows.ready(queue, some, limit)),
    ),
    sheddable: [1, Infinity].map((limit) => [
      rows.sheddable(queue, 'oldest', limit),
      rows.sheddable(queue, 'lowest', limit),
    ]),
    ended: states.slice(5).map((state) => [1, Infinity].map((limit) => rows.ended(queue, state, limit))),
    keys: keys.map((key) => [
      rows.keySlots(queue, key),
      rows.waiting(queue, key, 1),
      rows.waiting(queue, key, Infinity),
      rows.key(queue, key),
    ]),
    waitingKeys: rows.waitingKeys(queue),
    keyCount: rows.keys(queue).length,
  }
}
