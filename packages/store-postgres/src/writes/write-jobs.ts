import type { Job } from '@millrace/core'
import { facetsOf, hasPlainFacets, payloadColumn, sameRest } from '../job-row.ts'
import type { ChangedJob } from '../job-set.ts'
import { bySeq } from '../order.ts'
import type { Statement, Statements, Template } from '../statement.ts'
import {
  arraysOf,
  assigned,
  bodyColumns,
  facetColumns,
  newColumns,
  idColumn,
  movingColumns,
  names,
  unnested,
  values,
  type Column,
} from './job-columns.ts'

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
  const rewritten: Rewrite[] = []
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
  if (moved.length > 0) statements.push(sql.of(moveJobs, ...arraysOf(moving, moved)))
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

const moving = [idColumn, ...movingColumns]

const moveJobs: Template = {
  name: 'move jobs',
  text: `UPDATE @.jobs j SET ${assigned(movingColumns)} FROM ${unnested(moving)} WHERE j.id = u.id`,
}

interface Rewrite {
  readonly before: Job
  readonly after: Job
}

/** An unchanged payload, which may be a megabyte, is not sent again. */
const keptPayload: readonly Column<Rewrite>[] = [
  { name: 'keeps', type: 'int', of: ({ before, after }) => Number(before.payload === after.payload) },
  {
    name: 'payload',
    type: 'text',
    of: ({ before, after }) => (before.payload === after.payload ? null : payloadColumn(after)),
  },
]

const rewriting = [...moving, ...bodyColumns]

const rewriteJobs: Template = {
  name: 'rewrite jobs',
  text: `UPDATE @.jobs j SET ${assigned([...movingColumns, ...bodyColumns, ...facetColumns])},
      payload = CASE WHEN u.keeps = 1 THEN j.payload ELSE u.payload END
    FROM ${unnested([...rewriting, ...facetColumns, ...keptPayload])} WHERE j.id = u.id`,
}

function rewrite(sql: Statements, changes: readonly Rewrite[]): Statement {
  const jobs = changes.map(({ after }) => after)
  return sql.of(
    rewriteJobs,
    ...arraysOf(rewriting, jobs),
    ...arraysOf(facetColumns, jobs.map(facetsOf)),
    ...arraysOf(keptPayload, changes),
  )
}

const inserting = [idColumn, ...newColumns, ...movingColumns, ...bodyColumns]

function insertOf(columns: readonly Pick<Column<never>, 'name' | 'type'>[]): string {
  return `INSERT INTO @.jobs (seq, ${names(columns)})
    SELECT nextval('@.jobs_seq'::regclass), ${values(columns)} FROM ${unnested(columns)}`
}

const insertPlainJobs = insertOf(inserting)
const insertJobs = insertOf([...inserting, ...facetColumns])

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
  const facets = plain ? [] : arraysOf(facetColumns, jobs.map(facetsOf))
  return sql.of(template, ...arraysOf(inserting, jobs), ...facets)
}
