import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'

export interface Finished {
  readonly ok: boolean
  readonly output: string
  readonly elapsedMs: number
}

export interface Surroundings {
  readonly root: string
  readonly environment: NodeJS.ProcessEnv
  /** What the command writes, while it does. */
  readonly onOutput?: (text: string) => void
}

/** Runs one command without a shell and without input; a command that cannot start has failed, too. */
export function run(
  command: readonly string[],
  { root, environment, onOutput }: Surroundings,
): Promise<Finished> {
  const started = performance.now()
  const [program = '', ...pattern] = command
  const parameters = pattern.flatMap((one) =>
    one.endsWith('/*') ? globSync(one, { cwd: root }).sort() : [one],
  )
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: string[] = []
    const finish = (ok: boolean): void =>
      resolve({ ok, output: chunks.join(''), elapsedMs: performance.now() - started })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        chunks.push(chunk)
        onOutput?.(chunk)
      })
    }
    child.on('error', (error) => {
      chunks.push(`${program}: ${error.message}\n`)
      finish(false)
    })
    child.on('close', (code) => finish(code === 0))
  })
}
