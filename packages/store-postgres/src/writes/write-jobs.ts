import type { Job } from '@millrace/core'
import { facetsOf, hasPlainFacets, payloadColumn, restOf, sameRest, stateCode } from '../job-row.ts'
import type { ChangedJob } from '../job-set.ts'
import { bySeq } from '../order.ts'
import type { Parameter, Statement, Statements, Template } from '../statement.ts'

/** The jobs of one transaction, by how they are written. */
export interface JobWrites {
  readonly inserted: readonly Job[]
  readonly statements: readonly Statement[]
  /** Which of the statements answers the numbers of the inserted jobs, in their order; -1 for none. */
  readonly numbersAt: number
}

export function writeJobs(
  sql: Statements,
  changes: Iterable<ChangedJob>,
  wantsNumber: (job: Job) => boolean,
): JobWrites {
  const inserted: Job[] = []
  const moved: Job[] = []
  const rewritten: Required<ChangedJob>[] = []
  const removed: string[] = []
  for (const { before, after } of changes) {
    if (after === undefined) removed.push(before!.id)
    else if (before === undefined) inserted.push(after)
    else if (sameRest(before, after) && hasPlainFacets(after)) moved.push(after)
    else rewritten.push({ before, after })
  }
  // Their provisional numbers say in which order they came.
  inserted.sort(bySeq)
  const statements: Statement[] = []
  if (removed.length > 0)
    statements.push(sql.of(removeEdges, { texts: removed }), sql.of(removeJobs, { texts: removed }))
  if (moved.length > 0) statements.push(sql.of(moveJobs, { texts: ids(moved) }, ...movingColumns(moved)))
  if (rewritten.length > 0) statements.push(rewrite(sql, rewritten))
  const numbersAt = inserted.some(wantsNumber) ? statements.length : -1
  if (inserted.length > 0)
    statements.push(insert(sql, inserted, numbersAt >= 0), ...insertEdges(sql, inserted))
  return { inserted, statements, numbersAt }
}

const removeJobs: Template = {
  name: 'remove jobs',
  text: 'DELETE FROM @.jobs j WHERE j.id = ANY($1::text[])',
}

const removeEdges: Template = {
  name: 'remove edges',
  text: 'DELETE FROM @.edges e WHERE e.parent = ANY($1::text[]) OR e.child = ANY($1::text[])',
}

const addEdges: Template = {
  name: 'add edges',
  text: `INSERT INTO @.edges (parent, child) SELECT * FROM unnest($1::text[], $2::text[])
    ON CONFLICT (parent, child) DO NOTHING`,
}

/** Who waits for whom never changes: it is written once. */
function insertEdges(sql: Statements, jobs: readonly Job[]): readonly Statement[] {
  const edges = jobs.flatMap(({ id, extras }) => (extras.parents ?? []).map((parent) => [parent.id, id]))
  if (edges.length === 0) return []
  return [
    sql.of(
      addEdges,
      { texts: edges.map(([parent]) => parent!) },
      { texts: edges.map(([, child]) => child!) },
    ),
  ]
}

const moveJobs: Template = {
  name: 'move jobs',
  text: `UPDATE @.jobs j SET state = u.state::smallint, rank = u.rank, run_at = u.run_at, since = u.since,
      attempt = u.attempt::int, epoch = u.epoch::int, owner = u.owner, lease_until = u.lease_until
    FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
      $8::text[], $9::float8[]) AS u(id, state, rank, run_at, since, attempt, epoch, owner, lease_until)
    WHERE j.id = u.id`,
}

function movingColumns(jobs: readonly Job[]): readonly Parameter[] {
  return [
    { numbers: jobs.map(({ state }) => stateCode(state)) },
    { numbers: jobs.map(({ rank }) => rank) },
    { numbers: jobs.map(({ runAt }) => runAt) },
    { numbers: jobs.map(({ since }) => since) },
    { numbers: jobs.map(({ attempt }) => attempt) },
    { numbers: jobs.map(({ epoch }) => epoch) },
    { texts: jobs.map(({ owner }) => owner) },
    { numbers: jobs.map(({ leaseUntil }) => leaseUntil) },
  ]
}

const rewriteJobs: Template = {
  name: 'rewrite jobs',
  text: `UPDATE @.jobs j SET state = u.state::smallint, rank = u.rank, run_at = u.run_at, since = u.since,
      attempt = u.attempt::int, epoch = u.epoch::int, owner = u.owner, lease_until = u.lease_until,
      payload = CASE WHEN u.keeps = 1 THEN j.payload ELSE u.payload END, rest = u.rest,
      deadline = u.deadline, unique_key = u.unique_key, unique_until = u.unique_until,
      idempotency_key = u.idempotency_key, key = u.key, key_role = u.key_role::smallint, flow = u.flow,
      fingerprint = u.fingerprint
    FROM unnest($1::text[], $2::float8[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[],
      $8::text[], $9::float8[], $10::float8[], $11::text[], $12::text[], $13::float8[], $14::text[], $15::float8[],
      $16::text[], $17::text[], $18::float8[], $19::text[], $20::text[])
      AS u(id, state, rank, run_at, since, attempt, epoch, owner, lease_until, keeps, payload, rest, deadline,
        unique_key, unique_until, idempotency_key, key, key_role, flow, fingerprint)
    WHERE j.id = u.id`,
}

/** An unchanged payload, which may be a megabyte, is not sent again. */
function rewrite(sql: Statements, changes: readonly Required<ChangedJob>[]): Statement {
  const jobs = changes.map(({ after }) => after!)
  const keeps = changes.map(({ before, after }) => before!.payload === after!.payload)
  return sql.of(
    rewriteJobs,
    { texts: ids(jobs) },
    ...movingColumns(jobs),
    { numbers: keeps.map(Number) },
    { texts: jobs.map((job, index) => (keeps[index] === true ? null : payloadColumn(job))) },
    { texts: jobs.map(restOf) },
    ...facetColumns(jobs),
  )
}

function facetColumns(jobs: readonly Job[]): readonly Parameter[] {
  const facets = jobs.map(facetsOf)
  return [
    { numbers: facets.map(({ deadline }) => deadline) },
    { texts: facets.map(({ uniqueKey }) => uniqueKey) },
    { numbers: facets.map(({ uniqueUntil }) => uniqueUntil) },
    { texts: facets.map(({ idempotencyKey }) => idempotencyKey) },
    { texts: facets.map(({ key }) => key) },
    { numbers: facets.map(({ keyRole }) => keyRole) },
    { texts: facets.map(({ flow }) => flow) },
    { texts: facets.map(({ fingerprint }) => fingerprint) },
  ]
}

const plainColumns =
  'id, queue, name, payload, rest, state, rank, run_at, since, attempt, epoch, owner, lease_until'
const plainValues = `u.id, nextval('@.jobs_seq'::regclass), u.queue, u.name, u.payload, u.rest, u.state::smallint,
  u.rank, u.run_at, u.since, u.attempt::int, u.epoch::int, u.owner, u.lease_until`
const plainArrays = `$1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::float8[],
  $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::text[], $13::float8[]`
const target = plainColumns.replace('id,', 'id, seq,')

const insertPlainJobs = `INSERT INTO @.jobs (${target}) SELECT ${plainValues}
  FROM unnest(${plainArrays}) AS u(${plainColumns})`

const facetNames = 'deadline, unique_key, unique_until, idempotency_key, key, key_role, flow, fingerprint'

const insertJobs = `INSERT INTO @.jobs (${target}, ${facetNames}) SELECT ${plainValues}, u.deadline, u.unique_key,
    u.unique_until, u.idempotency_key, u.key, u.key_role::smallint, u.flow, u.fingerprint
  FROM unnest(${plainArrays}, $14::float8[], $15::text[], $16::float8[], $17::text[], $18::text[], $19::float8[],
    $20::text[], $21::text[]) AS u(${plainColumns}, ${facetNames})`

const inserts: Readonly<Record<'plain' | 'full', Readonly<Record<'silent' | 'numbered', Template>>>> = {
  plain: {
    silent: { name: 'insert plain jobs', text: insertPlainJobs },
    numbered: { name: 'insert plain jobs, numbered', text: `${insertPlainJobs} RETURNING id, seq` },
  },
  full: {
    silent: { name: 'insert jobs', text: insertJobs },
    numbered: { name: 'insert jobs, numbered', text: `${insertJobs} RETURNING id, seq` },
  },
}

function insert(sql: Statements, jobs: readonly Job[], numbered: boolean): Statement {
  const plain = jobs.every(hasPlainFacets)
  const template = inserts[plain ? 'plain' : 'full'][numbered ? 'numbered' : 'silent']
  return sql.of(
    template,
    { texts: ids(jobs) },
    { texts: jobs.map(({ queue }) => queue) },
    { texts: jobs.map(({ name }) => name) },
    { texts: jobs.map(payloadColumn) },
    { texts: jobs.map(restOf) },
    ...movingColumns(jobs),
    ...(plain ? [] : facetColumns(jobs)),
  )
}

function ids(jobs: readonly Job[]): readonly string[] {
  return jobs.map(({ id }) => id)
}
