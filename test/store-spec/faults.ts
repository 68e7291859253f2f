import { MillraceError, type Job, type Store } from '@millrace/core'
import { NaiveRows, naiveStore, type Place } from '@millrace/store-spec'

/** A mistake that a store could make, and the group of the exam that must notice it. */
export interface Fault {
  readonly name: string
  readonly group: string
  /** Spoils the rows of a place, once. */
  readonly rows?: (rows: NaiveRows) => void
  /** Spoils a store that was opened on them. */
  readonly store?: (store: Store, rows: NaiveRows) => Store
}

const honest = NaiveRows.prototype

export const faults: readonly Fault[] = [
  {
    name: 'says kept and stores the second job',
    group: 'enqueue',
    rows: (rows) => void (rows.job = () => undefined),
  },
  {
    name: 'gives numbers that do not rise',
    group: 'enqueue',
    rows: (rows) => {
      let next = 1_000_000
      rows.nextSeq = () => --next
    },
  },
  {
    name: 'cuts long payloads',
    group: 'bodies',
    rows: alter((job) => ({ ...job, payload: textOf(job).slice(0, 65_536) })),
  },
  {
    name: 'reads a payload as JSON and writes it again',
    group: 'bodies',
    rows: alter((job) => ({ ...job, payload: again(textOf(job)) })),
  },
  {
    name: 'loses the steps of a handler',
    group: 'settle',
    rows: alter((job) => ({ ...job, extras: without(job.extras, 'steps') })),
  },
  {
    name: 'counts one job too few',
    group: 'backpressure',
    rows: count((counters) => ({ ...counters, enqueued: Math.max(0, counters.enqueued - 1) })),
  },
  { name: 'forgets bytes', group: 'backpressure', rows: count((counters) => ({ ...counters, bytes: 0 })) },
  {
    name: 'sheds the youngest',
    group: 'backpressure',
    rows: (rows) =>
      void (rows.sheddable = (queue, order) => honest.sheddable.call(rows, queue, order, 1_000).toReversed()),
  },
  {
    name: 'knows no idempotency key',
    group: 'dedupe',
    rows: (rows) => void (rows.idempotent = () => undefined),
  },
  { name: 'knows no unique key', group: 'dedupe', rows: (rows) => void (rows.holder = () => undefined) },
  {
    name: 'answers holders whose time is over',
    group: 'dedupe',
    rows: (rows) => void (rows.holder = (key) => honest.holder.call(rows, key, 0)),
  },
  {
    name: 'claims in the order of acceptance alone',
    group: 'claim',
    rows: (rows) =>
      void (rows.ready = (queue, names, limit) =>
        honest.ready
          .call(rows, queue, names, 10_000)
          .toSorted((a, b) => a.seq - b.seq)
          .slice(0, limit)),
  },
  {
    name: 'ignores the names asked for',
    group: 'claim',
    rows: (rows) => void (rows.ready = (queue, _, limit) => honest.ready.call(rows, queue, undefined, limit)),
  },
  {
    name: 'claims one more than asked',
    group: 'claim',
    store: (store) => ({
      ...store,
      run: (name, request, at) =>
        store.run(name, 'limit' in request ? { ...request, limit: request.limit + 1 } : request, at),
    }),
  },
  {
    name: 'promotes a millisecond late',
    group: 'claim',
    rows: (rows) => void (rows.due = (now, limit) => honest.due.call(rows, now - 1, limit)),
  },
  { name: 'counts no slots of keys', group: 'limits', rows: (rows) => void (rows.keySlots = () => 0) },
  {
    name: 'hands a key to the last in line',
    group: 'limits',
    rows: (rows) =>
      void (rows.waiting = (queue, key, limit) =>
        honest.waiting.call(rows, queue, key, 1_000).toReversed().slice(0, limit)),
  },
  {
    name: 'forgets the tags of fair keys',
    group: 'limits',
    rows: (rows) => void (rows.key = () => undefined),
  },
  {
    name: 'reaps at the end of the lease',
    group: 'renew and reap',
    rows: (rows) => void (rows.expired = (now, limit) => honest.expired.call(rows, now + 1, limit)),
  },
  {
    name: 'reaps the newest leases first',
    group: 'renew and reap',
    rows: (rows) =>
      void (rows.expired = (now, limit) =>
        honest.expired.call(rows, now, 1_000).toReversed().slice(0, limit)),
  },
  { name: 'knows no owner', group: 'renew and reap', rows: (rows) => void (rows.heldBy = () => []) },
  { name: 'knows no deadline', group: 'renew and reap', rows: (rows) => void (rows.overdue = () => []) },
  { name: 'knows no children', group: 'flows and sagas', rows: (rows) => void (rows.dependents = () => []) },
  { name: 'knows no flow', group: 'flows and sagas', rows: (rows) => void (rows.flow = () => []) },
  {
    name: 'forgets schedules',
    group: 'schedules',
    rows: (rows) => void (rows.putSchedule = () => undefined),
  },
  {
    name: 'forgets the newest first',
    group: 'retention',
    rows: (rows) =>
      void (rows.ended = (queue, state, limit) =>
        honest.ended.call(rows, queue, state, 1_000).toReversed().slice(0, limit)),
  },
  {
    name: 'lists from the start again',
    group: 'reads',
    rows: (rows) => void (rows.list = (filter) => honest.list.call(rows, without(filter, 'after'))),
  },
  {
    name: 'lists every state',
    group: 'reads',
    rows: (rows) => void (rows.list = (filter) => honest.list.call(rows, without(filter, 'state'))),
  },
  {
    name: 'does not count what is retrying',
    group: 'reads',
    rows: count((counters) => ({ ...counters, retrying: 0 })),
  },
  {
    name: 'keeps what a command did before it threw',
    group: 'atomicity',
    rows: (rows) =>
      void (rows.run = (command) => (
        (rows.moves = []),
        (rows.events = []),
        (rows.woken = new Set()),
        command(rows)
      )),
  },
  { name: 'tells of what a command did before it threw', group: 'atomicity', store: tellAnyway },
  {
    name: 'tells nothing',
    group: 'events and hints',
    store: (store) => ({ ...store, subscribe: () => () => undefined }),
  },
  {
    name: 'gives no hints',
    group: 'events and hints',
    store: (store) => ({
      ...store,
      subscribe: (listener) => store.subscribe({ events: (events) => listener.events?.(events) }),
    }),
  },
  {
    name: 'never ends a subscription',
    group: 'events and hints',
    store: (store) => ({ ...store, subscribe: (listener) => (store.subscribe(listener), () => undefined) }),
  },
  {
    name: 'answers after it was closed',
    group: 'close',
    store: (store) => ({ ...store, close: () => Promise.resolve() }),
  },
  { name: 'cannot be closed twice', group: 'close', store: closeOnce },
  {
    name: 'loses the newest job when opened again',
    group: 'reopen',
    store: atClose(forgetLast),
  },
  {
    name: 'loses the leases when opened again',
    group: 'reopen',
    store: atClose(freeAll),
  },
  { name: 'starts its numbers anew when opened again', group: 'reopen', store: numberAnew },
  { name: 'shares nothing', group: 'sharing', store: () => naiveStore() },
]

export function spoiled({ rows: spoilRows, store: spoilStore }: Fault): Place {
  const rows = new NaiveRows()
  spoilRows?.(rows)
  return { open: () => (spoilStore === undefined ? naiveStore(rows) : spoilStore(naiveStore(rows), rows)) }
}

function alter(change: (job: Job) => Job): (rows: NaiveRows) => void {
  return (rows) => void (rows.put = (job) => honest.put.call(rows, change(job)))
}

function count(
  change: (counters: ReturnType<NaiveRows['counters']>) => ReturnType<NaiveRows['counters']>,
): (rows: NaiveRows) => void {
  return (rows) => void (rows.counters = (queue) => change(honest.counters.call(rows, queue)))
}

function without<T extends object>(value: T, name: keyof T & string): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name)) as T
}

function textOf({ payload }: Job): string {
  return typeof payload === 'string' ? payload : ''
}

function again(payload: string): string {
  try {
    return JSON.stringify({ ...JSON.parse(payload) })
  } catch {
    return payload
  }
}

function tellAnyway(store: Store): Store {
  const listeners: Parameters<Store['subscribe']>[0][] = []
  return {
    ...store,
    subscribe: (listener) => (listeners.push(listener), store.subscribe(listener)),
    run: (name, request, at) =>
      store.run(name, request, at).catch((error: unknown) => {
        for (const listener of listeners) listener.events?.([{ type: 'paused', queue: 'default' }])
        throw error
      }),
  }
}

function closeOnce(store: Store): Store {
  let closed = false
  return {
    ...store,
    close: async () => {
      if (closed) throw new MillraceError('CLOSED', 'closed already')
      closed = true
      await store.close()
    },
  }
}

function atClose(spoil: (rows: NaiveRows) => void): (store: Store, rows: NaiveRows) => Store {
  return (store, rows) => ({
    ...store,
    close: () => {
      spoil(rows)
      return store.close()
    },
  })
}

function forgetLast(rows: NaiveRows): void {
  const last = rows.all().at(-1)
  if (last !== undefined) rows.remove(last)
}

function freeAll(rows: NaiveRows): void {
  for (const job of rows.all())
    if (job.state === 'processing') rows.put({ ...job, state: 'enqueued', owner: '', leaseUntil: 0 })
}

function numberAnew(store: Store, rows: NaiveRows): Store {
  return {
    ...store,
    close: async () => {
      let next = rows.all().at(-1)?.seq ?? 0
      rows.nextSeq = () => ++next
      await store.close()
    },
  }
}
