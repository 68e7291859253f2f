import { fork } from 'node:child_process'
import { join } from 'node:path'
import { skipReason, startServer } from '../postgres/server.ts'
import { claimCost } from './postgres/claim-cost.ts'
import { rowNames, type Figures } from './postgres/rows.ts'
import { printTable } from './table-print.ts'

const contenders = ['millrace', 'pg-boss', 'graphile-worker']

/** Beside pg-boss and graphile-worker on one server, each alone on it, in turns; then what a claim costs beside a million finished jobs. */
export async function run(options: readonly string[]): Promise<void> {
  const quick = options.includes('--quick')
  const only = contenders.filter((name) => options.includes(name))
  const server = await startServer(['max_connections=200'])
  if (server === undefined) return console.log(skipReason)
  try {
    if (!options.includes('--claims'))
      await compare(server.connectionString, only.length > 0 ? only : contenders, quick)
    if (only.length === 0) await claimCost(server.connectionString, quick)
  } finally {
    await server.stop()
  }
}

async function compare(connectionString: string, names: readonly string[], quick: boolean): Promise<void> {
  const amounts = quick ? [300, 4_000, 40] : [1_000, 10_000, 150]
  const rounds = quick ? 1 : 3
  const runs = new Map<string, Figures[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of names) runs.get(name)!.push(await inChild(name, connectionString, amounts))
  printTable(
    `PostgreSQL, fsync on, median of ${rounds}`,
    ['', ...names],
    rowNames.map((row) => [row, ...names.map((name) => figure(runs.get(name)!.map((one) => one[row]!)))]),
  )
}

function figure(values: readonly number[]): string {
  const median = values.toSorted((a, b) => a - b)[values.length >> 1]!
  return median < 100 ? median.toFixed(2) : Math.round(median).toLocaleString('en-US')
}

function inChild(name: string, connectionString: string, amounts: readonly number[]): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = fork(
      join(import.meta.dirname, 'postgres', 'child.ts'),
      [name, connectionString, ...amounts.map(String)],
      { execArgv: ['-C', '@millrace/source'] },
    )
    child.once('message', (figures) => resolve(figures as Figures))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it told its figures`)))
  })
}
