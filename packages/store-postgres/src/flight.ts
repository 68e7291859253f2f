import type { Client } from 'pg'
import { binaryArray } from './binary-array.ts'
import type { Fields, Parameter, Statement } from './statement.ts'

/** What a flight uses of pg's connection: the messages of the extended query protocol. */
interface Wire {
  readonly stream: { cork?(): void; uncork?(): void }
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: readonly (string | Buffer | null)[] }): void
  execute(message: { portal: string }): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
}

/** Statements a connection has parsed, by name; `false` when that is not certain. */
export type Prepared = Map<string, boolean>

/**
 * Statements sent together, with one Sync behind them: one round trip, and outside a transaction block one transaction of their own.
 * The first error ends them all. Handed to `client.query` like a cursor: pg calls `submit` and then the `handle…` methods.
 */
class Flight {
  readonly #statements: readonly Statement[]
  readonly #prepared: Prepared
  readonly #results: Fields[][] = []
  readonly #sentParse: boolean[] = []
  #rows: Fields[] = []
  #settle:
    | { resolve(results: readonly (readonly Fields[])[]): void; reject(error: unknown): void }
    | undefined
  readonly done: Promise<readonly (readonly Fields[])[]>

  constructor(statements: readonly Statement[], prepared: Prepared) {
    this.#statements = statements
    this.#prepared = prepared
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  submit(connection: unknown): void {
    const wire = connection as Wire
    wire.stream.cork?.()
    for (const statement of this.#statements) this.#send(wire, statement)
    wire.sync()
    wire.stream.uncork?.()
  }

  #send(wire: Wire, { name, text, values }: Statement): void {
    const known = this.#prepared.get(name)
    // Closing what may not be there is no error; parsing a name that is there would be one.
    if (known === false) wire.close({ type: 'S', name })
    if (known !== true) wire.parse({ name, text })
    this.#sentParse.push(known !== true)
    // A second use within this flight relies on the first: if that fails, this one is never reached.
    this.#prepared.set(name, true)
    wire.bind({ statement: name, values: values.map(encode) })
    wire.execute({ portal: '' })
  }

  handleRowDescription(): void {}

  handleDataRow(message: { readonly fields: Fields }): void {
    this.#rows.push(message.fields)
  }

  handleCommandComplete(): void {
    this.#results.push(this.#rows)
    this.#rows = []
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete()
  }

  handlePortalSuspended(): void {}

  handleReadyForQuery(): void {
    this.#settle?.resolve(this.#results)
  }

  handleError(error: unknown): void {
    const failed = this.#results.length
    for (let index = failed; index < this.#statements.length; index++)
      if (this.#sentParse[index] === true) this.#prepared.set(this.#statements[index]!.name, false)
    this.#settle?.reject(error)
  }
}

function encode(value: Parameter): string | Buffer | null {
  if (value === null || typeof value === 'string') return value
  return typeof value === 'number' ? String(value) : binaryArray(value)
}

/** Sends statements together over a client of pg. */
export function fly(
  client: Client,
  prepared: Prepared,
  statements: readonly Statement[],
): Promise<readonly (readonly Fields[])[]> {
  const flight = new Flight(statements, prepared)
  // What pg's types leave out: `submit` is all it asks of a query of one's own.
  client.query(flight as unknown as { submit(connection: unknown): void } as never)
  return flight.done
}
