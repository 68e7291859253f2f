import { quoteIdentifier } from './statement.ts'

/**
 * The schema, one step a version; a step that was released never changes, and a new one goes at the end.
 * Half of each page stays free: a claim and a settlement then write their row's new version beside the old one, which halves the log.
 * Every index but the first is partial: a job is in those of its state only, so a million finished jobs cost a claim nothing.
 */
export const migrations: readonly string[] = [
  `
  CREATE SEQUENCE @.jobs_seq CACHE 1;
  CREATE TABLE @.jobs (
    id text COLLATE "C" PRIMARY KEY,
    seq bigint NOT NULL,
    queue text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    state smallint NOT NULL,
    priority int NOT NULL,
    rank float8 NOT NULL,
    run_at float8 NOT NULL,
    since float8 NOT NULL,
    attempt int NOT NULL,
    epoch int NOT NULL,
    owner text COLLATE "C" NOT NULL,
    lease_until float8 NOT NULL,
    deadline float8,
    unique_key text COLLATE "C",
    unique_until float8,
    idempotency_key text COLLATE "C",
    key text COLLATE "C",
    key_role smallint,
    flow text COLLATE "C",
    fingerprint text COLLATE "C",
    payload text,
    rest text NOT NULL
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
  COMMENT ON COLUMN @.jobs.state IS '0 scheduled, 1 blocked, 2 enqueued, 3 processing, 4 retrying, 5 completed, 6 dead, 7 cancelled, 8 expired';
  CREATE INDEX jobs_ready ON @.jobs (queue, rank, seq) WHERE state = 2;
  CREATE INDEX jobs_due ON @.jobs (run_at, seq) WHERE state IN (0, 4);
  CREATE INDEX jobs_leases ON @.jobs (lease_until) WHERE state = 3;
  CREATE INDEX jobs_blocked ON @.jobs (queue, seq) WHERE state = 1;
  CREATE INDEX jobs_deadlines ON @.jobs (deadline, seq) WHERE deadline IS NOT NULL;
  CREATE INDEX jobs_unique ON @.jobs (unique_key) WHERE unique_key IS NOT NULL;
  CREATE UNIQUE INDEX jobs_idempotency ON @.jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX jobs_keys ON @.jobs (queue, key, key_role, seq) WHERE key_role IS NOT NULL;
  CREATE INDEX jobs_flows ON @.jobs (flow, seq) WHERE flow IS NOT NULL;
  CREATE INDEX jobs_ended ON @.jobs (queue, state, since, seq) WHERE state >= 5;
  CREATE INDEX jobs_listed ON @.jobs (state, seq) WHERE state >= 5;
  CREATE INDEX jobs_fingerprints ON @.jobs (fingerprint, seq) WHERE state = 6;
  CREATE TABLE @.edges (
    parent text COLLATE "C" NOT NULL,
    child text COLLATE "C" NOT NULL,
    PRIMARY KEY (parent, child)
  );
  CREATE INDEX edges_child ON @.edges (child);
  CREATE TABLE @.queues (
    name text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL,
    limited boolean NOT NULL,
    data text NOT NULL
  );
  CREATE TABLE @.keys (
    queue text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    data text NOT NULL,
    PRIMARY KEY (queue, key)
  );
  CREATE TABLE @.schedules (
    id text COLLATE "C" PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    next_at float8,
    data text NOT NULL
  );
  CREATE INDEX schedules_next ON @.schedules (next_at) WHERE next_at IS NOT NULL;
  CREATE TABLE @.tallies (
    queue text COLLATE "C" NOT NULL,
    shard int NOT NULL,
    ${[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((column) => `t${column} bigint NOT NULL`).join(', ')},
    PRIMARY KEY (queue, shard)
  ) WITH (fillfactor = 50);
  `,
]

export function inSchema(text: string, schema: string): string {
  return text.replaceAll('@.', `${quoteIdentifier(schema)}.`)
}
