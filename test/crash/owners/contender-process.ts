import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Order, Report } from './protocol.ts'

/** A contender in a process of its own, and what it said. */
export class ContenderProcess {
  readonly child: ChildProcess
  readonly acknowledged: number[] = []
  readonly ended: Promise<void>
  readonly #reports: Report[] = []
  #wake: (() => void) | undefined

  constructor(directory: string, number: number) {
    this.child = fork(join(import.meta.dirname, 'contender.ts'), [directory, String(number)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      execArgv: ['-C', '@millrace/source'],
    })
    let rest = ''
    this.child.stdout!.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop()!
      for (const line of lines) this.acknowledged.push(Number(line))
    })
    this.child.on('message', (report: Report) => {
      this.#reports.push(report)
      this.#wake?.()
    })
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()))
    void this.ended.then(() => {
      this.#reports.push({ kind: 'refused', code: 'ended' })
      this.#wake?.()
    })
  }

  order(order: Order): void {
    this.child.send(order)
  }

  async next(): Promise<Report> {
    while (this.#reports.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#reports.shift()!
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
