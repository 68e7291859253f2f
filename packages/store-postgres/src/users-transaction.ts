import {
  MillraceError,
  type CommandName,
  type Moment,
  type Reply,
  type Request,
  type TransactionClient,
} from '@millrace/core'
import type { AnyRun } from './command-run.ts'
import { asStoreError, failureKind } from './failure.ts'
import { usersTransaction } from './frame.ts'
import type { Link } from './link.ts'
import type { Read } from './read.ts'
import type { Fields, Parameter, Statement } from './statement.ts'
import { NeedsKeys, Transaction, type Context } from './transaction.ts'
import { tell } from './turn.ts'

const mostTries = 10

type UsersLink = Pick<Link, 'fly'>

/** Commands inside the transaction a user's client is in, one after the other. */
export class UsersTransaction {
  readonly #context: Context
  readonly #link: UsersLink
  #last: Promise<unknown> = Promise.resolve()

  constructor(context: Context, client: TransactionClient) {
    this.#context = {
      ...context,
      // Nothing is durable before the user commits: PostgreSQL itself tells the workers then.
      isListenedTo: () => false,
      join: () => Promise.resolve([]),
      tell: (results) => results.forEach(tell),
    }
    this.#link = linkTo(client)
  }

  run<N extends CommandName>(name: N, request: Request<N>, at: Moment): Promise<Reply<N>> {
    const reply = new Promise<Reply<N>>((resolve, reject) => {
      const run = { name, request, at, resolve, reject } as unknown as AnyRun
      this.#last = this.#last.then(() => this.#settle(run))
    })
    return reply
  }

  async idle(): Promise<void> {
    await this.#last
  }

  async #settle(run: AnyRun): Promise<void> {
    let reads: readonly Read[] = []
    let careful = false
    for (let tries = 1; ; tries++) {
      try {
        await checkIsolation(this.#link)
        return await new Transaction(this.#context, this.#link, usersTransaction, [run], reads, careful).run()
      } catch (error) {
        if (error instanceof NeedsKeys) reads = error.reads
        else if (failureKind(error) === 'conflict' && tries < mostTries) careful = true
        else return run.reject(asUsersError(error))
      }
    }
  }
}

/** The user's client as a link: statements one by one, in whatever way the client is used to. */
function linkTo(client: TransactionClient): UsersLink {
  return {
    async fly(statements) {
      const results: (readonly Fields[])[] = []
      for (const statement of statements) results.push(await ask(client, statement))
      return results
    },
  }
}

const isolation: Statement = {
  name: 'isolation',
  text: `SELECT current_setting('transaction_isolation')`,
  values: [],
}

/** Above READ COMMITTED a lock that was waited for shows the rows of before: two could hold one unique key. */
async function checkIsolation(link: UsersLink): Promise<void> {
  const [rows] = await link.fly([isolation])
  const level = rows![0]![0]
  if (level !== 'read committed')
    throw new MillraceError('BAD_ARGUMENT', `client is in a transaction of ${level}; use read committed`, {
      outcome: 'no',
    })
}

/** Whatever failed, the user has not committed. */
function asUsersError(error: unknown): MillraceError {
  const isOutside = (error as { code?: unknown } | null)?.code === '25P01'
  return isOutside
    ? new MillraceError(
        'BAD_ARGUMENT',
        'client is in no transaction: send it BEGIN first (a pool is no client: take one of its)',
        { cause: error, outcome: 'no' },
      )
    : asStoreError(error, 'no')
}

async function ask(client: TransactionClient, { text, values }: Statement): Promise<readonly Fields[]> {
  const { rows } = await client.query({
    text,
    values: values.map(plainValue),
    rowMode: 'array',
  })
  return rows.map((row) => row.map(asText))
}

function plainValue(value: Parameter): unknown {
  if (value === null || typeof value !== 'object') return value
  return 'texts' in value ? value.texts : value.numbers
}

function asText(value: unknown): string | null {
  return value == null ? null : String(value as string | number)
}
