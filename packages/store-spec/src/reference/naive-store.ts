import {
  commands,
  MillraceError,
  type CommandName,
  type Moment,
  type Reply,
  type Request,
  type Rows,
  type Store,
  type StoreListener,
} from '@millrace/core'
import { NaiveRows } from './naive-rows.ts'

/**
 * The answer key: a store that is right at a glance. Jobs live in the rows it is given, so that a second store on the same
 * rows is a shared store, or the same one opened again.
 */
export function naiveStore(rows: NaiveRows = new NaiveRows()): Store {
  const listeners = new Set<StoreListener>()
  let closed = false

  return {
    guarantee: {
      durability: 'none',
      promise: 'Jobs live in the rows of this process. A crash loses all of them.',
    },
    supports: { reopen: true, sharing: true, storedBodies: false },

    async run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
      if (closed)
        throw new MillraceError('CLOSED', 'the store was closed; create a new one', { outcome: 'no' })
      const reply = runCommand(rows, name, request, at)
      const { events, woken } = rows
      if (woken.size > 0 || rows.hasNewTimes)
        for (const listener of listeners) listener.wake?.(woken, rows.nextAt())
      // Later than this turn, as if it had been written somewhere first.
      await Promise.resolve()
      if (events.length > 0) for (const listener of listeners) listener.events?.(events)
      return reply
    },

    subscribe(listener: StoreListener): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    async close(): Promise<void> {
      closed = true
    },
  }
}

/** Runs a command by its name on naive rows: to its end or not at all. */
export function runCommand<N extends CommandName>(
  rows: NaiveRows,
  name: N,
  request: Request<N>,
  at: Moment,
): Reply<N> {
  const command = commands[name] as (rows: Rows, request: Request<N>, at: Moment) => Reply<N>
  return rows.run((view) => command(view, request, at))
}
