import { fork } from 'node:child_process'
import { join } from 'node:path'

/** What one contender did once, in a process of its own so that none inherits another's heap or compiled code. */
export interface Measured {
  readonly jobs: number
  readonly seconds: number
  /** Peak of the whole process, Node included. */
  readonly peakMb: number
}

/** Runs `contenders/<contender>.ts`'s `run(...options)` in a fresh process. */
export function inChild(contender: string, ...options: readonly (string | number)[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'child.ts'), [contender, ...options.map(String)], {
      execArgv: ['-C', '@millrace/source', '--expose-gc'],
    })
    child.once('message', (measured) => resolve(measured as Measured))
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`${contender} ended with ${code} before it told its result`)),
    )
  })
}

/** A contender, and the options it runs with. */
export type Contender = readonly [name: string, ...options: (string | number)[]]

/** The median of several runs of each contender, taken in turns so that a slow minute of the machine hits all alike. */
export async function medians(
  contenders: readonly Contender[],
  rounds: number,
): Promise<readonly Measured[]> {
  const runs: Measured[][] = contenders.map(() => [])
  for (let round = 0; round < rounds; round++)
    for (const [index, [name, ...options]] of contenders.entries())
      runs[index]!.push(await inChild(name, ...options))
  return runs.map(median)
}

function median(measured: Measured[]): Measured {
  return measured.sort((a, b) => a.seconds / a.jobs - b.seconds / b.jobs)[measured.length >> 1]!
}

export function rate({ jobs, seconds }: Measured): number {
  return jobs / seconds
}
