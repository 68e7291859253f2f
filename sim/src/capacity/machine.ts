import {
  commands,
  type CommandName,
  type JobEvent,
  type Moment,
  type Reply,
  type Request,
  type Rows,
} from '@millrace/core'
import { Table } from '@millrace/table'
import { LiveRows } from './live-rows.ts'

/** Runs core's commands at once, in virtual time. */
export interface Machine {
  readonly rows: Rows
  // The commands of every job stand apart from `run`, so that an engine can see which function it calls.
  readonly enqueue: (request: Request<'enqueue'>, at: Moment) => Reply<'enqueue'>
  readonly claim: (request: Request<'claim'>, at: Moment) => Reply<'claim'>
  readonly settle: (request: Request<'settle'>, at: Moment) => Reply<'settle'>
  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Reply<N>
  /** From here on events are collected. */
  listen(): void
  /** The events since this was last asked. */
  takeEvents(): readonly JobEvent[]
}

/** On the simulator's own rows. */
export function liveMachine(): Machine {
  const rows = new LiveRows()
  const { enqueue, claim, settle } = commands
  return {
    rows,
    enqueue: (request, at) => enqueue(rows, request, at),
    claim: (request, at) => claim(rows, request, at),
    settle: (request, at) => settle(rows, request, at),
    run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Reply<N> {
      const command = commands[name] as (rows: Rows, request: Request<N>, at: Moment) => Reply<N>
      return command(rows, request, at)
    },
    listen: () => void (rows.listening = true),
    takeEvents: () => rows.events.splice(0),
  }
}

/** On the memory table, as the stores run it. */
export function tableMachine(): Machine {
  const table = new Table()
  const run = <N extends CommandName>(name: N, request: Request<N>, at: Moment): Reply<N> => {
    const reply = table.run(name, request, at)
    table.settle()
    return reply
  }
  return {
    rows: table.rows,
    enqueue: (request, at) => run('enqueue', request, at),
    claim: (request, at) => run('claim', request, at),
    settle: (request, at) => run('settle', request, at),
    run,
    listen: () => void (table.listening = true),
    takeEvents: () => table.takeEvents(),
  }
}
