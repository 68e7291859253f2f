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
  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Reply<N>
  /** From here on events are collected. */
  listen(): void
  /** The events since this was last asked. */
  takeEvents(): readonly JobEvent[]
}

/** On the simulator's own rows. */
export function liveMachine(): Machine {
  const rows = new LiveRows()
  return {
    rows,
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
  return {
    rows: table.rows,
    run(name, request, at) {
      const reply = table.run(name, request, at)
      table.settle()
      return reply
    },
    listen: () => void (table.listening = true),
    takeEvents: () => table.takeEvents(),
  }
}
