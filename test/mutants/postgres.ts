import { mutantsOf, type Mutant } from './mutant.ts'

const postgres = mutantsOf('store-postgres', 'postgres: ')

/** Faults in the PostgreSQL store: locks not taken, answers too early, news not told, texts that do not come back. */
export const postgresMutants: readonly Mutant[] = [
  postgres('two claims take one row', 'loads/load.ts', "'FOR UPDATE OF j SKIP LOCKED'", "''"),
  postgres('rows are decided by without a lock', 'loads/load.ts', "'FOR UPDATE OF j'", "''"),
  postgres(
    'queues with limits are not locked',
    'loads/load-queues.ts',
    'AND q.limited ORDER BY',
    'AND false ORDER BY',
  ),
  postgres(
    'keys are not locked',
    'loads/lock-keys.ts',
    'if (keys.length === 0) return []',
    'if (true) return []',
  ),
  postgres(
    'nobody looks if a queue was configured meanwhile',
    'writes/write-queues.ts',
    'return [...revisions].map(',
    'return [...revisions].slice(0, 0).map(',
  ),
  postgres('a paused queue is believed', 'queue-cache.ts', '&& queue?.paused !== true', ''),
  postgres(
    'an answer comes before the locks are gone',
    'transaction.ts',
    'if (this.#begun) await this.#link.fly([this.#frame.commit]) this.finish()',
    'this.finish()\n    if (this.#begun) await this.#link.fly([this.#frame.commit])',
  ),
  postgres('an id that was there is never looked for', 'lane.ts', 'else careful = true', ''),
  postgres(
    'a lost commit is done again',
    'connector.ts',
    "if (status === 'committed') return 'committed'",
    "if (status === 'committed') return 'gone'",
  ),
  postgres('a lost commit is taken for done', 'lane.ts', "if (fate !== 'committed') return error", ''),
  postgres('a held lock stops the command for good', 'failure.ts', "if (code === '55P03') return 'busy'", ''),
  postgres(
    'the caller’s clock counts',
    'transaction.ts',
    'return this.#context.serverTime ? { now: this.#now, seed: run.at.seed } : run.at',
    'return run.at',
  ),
  postgres('a broken pipe is taken for a refusal', 'failure.ts', '(?!E)', ''),
  postgres(
    'closing waits for a silent server',
    'postgres-store.ts',
    'this.#connector.giveUp(), closeWithinMs',
    '{}, closeWithinMs',
  ),
  postgres('fsync off is not told', 'guarantee.ts', "(fsync === 'off' ? ['fsync'] : [])", '([])'),
  postgres('a newer schema is used', 'migrate.ts', 'if (version > migrations.length)', 'if (false)'),
  postgres(
    'two bring up the schema at once',
    'migrate.ts',
    'SELECT pg_advisory_xact_lock(hashtext($1), 1)',
    'SELECT $1::text',
  ),
  postgres(
    'others are told nothing',
    'wake-up.ts',
    'if (queues.size === 0 && at === Infinity) return []',
    'if (true) return []',
  ),
  postgres(
    'news that were cut stay away',
    'news-room.ts',
    'if (this.#client !== client) return',
    'if (true) return',
  ),
  postgres(
    'a poll wakes nobody',
    'postgres-store.ts',
    '() => this.#wake({ queues: this.#claimed, at: Infinity }),',
    '() => {},',
  ),
  postgres(
    'counters are not added up',
    'writes/write-queues.ts',
    't${column} = t.t${column} + excluded.t${column}',
    't${column} = excluded.t${column}',
  ),
  postgres(
    'an unchanged payload is lost',
    'writes/write-jobs.ts',
    'CASE WHEN u.keeps = 1',
    'CASE WHEN u.keeps = 2',
  ),
  postgres('a zero character reaches a text column', 'job-row.ts', "&& !text.includes('\\u0000')", ''),
  postgres('Infinity becomes null', 'json.ts', "text.includes('null') ?", 'false ?'),
  postgres(
    'what is due is never looked for',
    'loads/load-times.ts',
    'if (!past.has(4)) coverEmpty',
    'coverEmpty',
  ),
  postgres(
    'what is overdue is never looked for',
    'loads/load-times.ts',
    'if (!past.has(5)) coverEmpty',
    'coverEmpty',
  ),
  postgres(
    'a list that was cut off counts as whole',
    'loaded.ts',
    'if (end !== undefined && known.length < limit)',
    'if (false)',
  ),
  postgres(
    'a failed parse counts as prepared',
    'flight.ts',
    'this.#prepared.set(this.#statements[index]!.name, false)',
    '',
  ),
  postgres(
    'clients go back to the pool as we changed them',
    'link.ts',
    'client.release(true)',
    'client.release()',
  ),
  postgres(
    'enqueues share a client without taking turns',
    'postgres-store.ts',
    'this.#usersTransactions.set(client, transaction)',
    '',
  ),
  postgres(
    'a transaction of any isolation will do',
    'users-transaction.ts',
    "if (level !== 'read committed')",
    'if (false)',
  ),
  postgres('a client in no transaction is not told so', 'users-transaction.ts', "=== '25P01'", "=== 'never'"),
]
