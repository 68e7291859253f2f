import { bounds } from '@millrace/core'
import type { Attempt } from './attempt.ts'
import type { CommandRunner } from './command-runner.ts'

// Quick enough for a progress bar, slow enough that a handler may tell every byte.
const everyMs = 200

/** Progress and log lines of running attempts, collected and written a few times per second. */
export class Notes {
  readonly #commands: CommandRunner
  readonly #lost: (attempt: Attempt) => void
  readonly #trouble: (error: unknown) => void
  readonly #waiting = new Set<Attempt>()
  #cancel: (() => void) | undefined

  constructor(commands: CommandRunner, lost: (attempt: Attempt) => void, trouble: (error: unknown) => void) {
    this.#commands = commands
    this.#lost = lost
    this.#trouble = trouble
  }

  add(attempt: Attempt, progress: number | undefined, line: string | undefined): void {
    if (attempt.ended) return
    attempt.notes ??= { progress: undefined, lines: [] }
    if (progress !== undefined) attempt.notes.progress = progress
    if (line !== undefined) keepNewest(attempt.notes.lines, line)
    this.#waiting.add(attempt)
    this.#cancel ??= this.#commands.clock.setTimer(everyMs, () => this.#writeAll())
  }

  /** Writes what one attempt left; called before it is settled, since afterwards it may not write any more. */
  write(attempt: Attempt): void {
    const { notes, job } = attempt
    if (notes === undefined) return
    attempt.notes = undefined
    this.#waiting.delete(attempt)
    const request = {
      id: job.id,
      epoch: job.epoch,
      ...(notes.progress !== undefined && { progress: notes.progress }),
      ...(notes.lines.length > 0 && { lines: notes.lines }),
    }
    this.#commands.run('note', request).then(({ outcome }) => {
      if (outcome === 'lost') this.#lost(attempt)
    }, this.#trouble)
  }

  close(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #writeAll(): void {
    this.#cancel = undefined
    for (const attempt of this.#waiting) this.write(attempt)
  }
}

function keepNewest(lines: string[], line: string): void {
  lines.push(line)
  if (lines.length > bounds.logLines) lines.shift()
}
