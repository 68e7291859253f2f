import { MillraceError } from '@millrace/core'
import { openLink, type Link, type Source } from './link.ts'

// Long enough for a server to restart and recover.
const reconnectForMs = 60_000
const firstPauseMs = 20
const longestPauseMs = 1_000

/** Keeps one connection, and makes a new one when it breaks. */
export class Connector {
  readonly #source: Source
  #link: Link | undefined
  #closed = false

  constructor(source: Source) {
    this.#source = source
  }

  /** The connection; if there is none, a new one as soon as the server takes it. */
  async link(): Promise<Link> {
    this.#link ??= await retried(
      () => openLink(this.#source),
      () => this.#closed,
    )
    return this.#link
  }

  /** Opens the first connection; a server that is not there is told at once. */
  async open(): Promise<Link> {
    this.#link = await openLink(this.#source)
    return this.#link
  }

  /**
   * A new connection in the place of a broken one, whose server process is ended if it lives on. Answers what became of the
   * transaction with this number.
   */
  async replace(number: string | undefined): Promise<'committed' | 'gone'> {
    const broken = this.#link
    this.#link = undefined
    await broken?.close()
    return retried(
      async () => {
        const link = await this.link()
        try {
          if (broken !== undefined) await endBackend(link, broken)
          return number === undefined ? 'gone' : await fateOf(link, number)
        } catch (error) {
          this.#link = undefined
          await link.close()
          throw error
        }
      },
      () => this.#closed,
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#link?.close()
    this.#link = undefined
  }
}

/** Cut off from its client, it may not know: what it holds locked would stay so until it does. */
async function endBackend(link: Link, { backend: { pid, startedAt } }: Link): Promise<void> {
  await link.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz',
    [pid, startedAt],
  )
}

async function fateOf(link: Link, number: string): Promise<'committed' | 'gone'> {
  for (;;) {
    const { rows } = await link.query('SELECT pg_xact_status($1::xid8) AS status', [number])
    const { status } = rows[0] as { status: string | null }
    if (status === 'committed') return 'committed'
    if (status === 'aborted') return 'gone'
    if (status === null)
      throw new MillraceError('STORE_FAILED', `the server no longer knows transaction ${number}`, {
        outcome: 'unknown',
      })
    await pause(firstPauseMs)
  }
}

async function retried<T>(attempt: () => Promise<T>, isClosed: () => boolean): Promise<T> {
  const deadline = performance.now() + reconnectForMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await attempt()
    } catch (error) {
      if (isClosed() || error instanceof MillraceError || performance.now() + pauseMs > deadline) throw error
    }
    await pause(pauseMs)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
