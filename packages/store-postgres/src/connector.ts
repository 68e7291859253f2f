import { MillraceError } from '@millrace/core'
import { openLink, type Link } from './link.ts'
import type { Place } from './place.ts'

// Long enough for a server to restart and recover.
const reconnectForMs = 60_000
const firstPauseMs = 20
const longestPauseMs = 1_000

/** Keeps one connection, and makes a new one when it breaks. */
export class Connector {
  readonly #place: Place
  readonly #ending = new AbortController()
  #link: Link | undefined

  constructor(place: Place) {
    this.#place = place
  }

  /** The connection; if there is none, a new one as soon as the server takes it. */
  async link(): Promise<Link> {
    const { signal } = this.#ending
    this.#link ??= await retried(() => openLink(this.#place, signal), signal)
    return this.#link
  }

  /** Opens the first connection; a server that is not there is told at once. */
  async open(): Promise<Link> {
    this.#link = await openLink(this.#place, this.#ending.signal)
    return this.#link
  }

  /**
   * A new connection in the place of a broken one, whose server process is ended if it lives on. Answers what became of the
   * transaction with this number.
   */
  async replace(number: string | undefined): Promise<'committed' | 'gone'> {
    const broken = this.#link
    await this.#drop()
    return retried(async () => {
      const link = await this.link()
      try {
        if (broken !== undefined) await endBackend(link, broken)
        return number === undefined ? 'gone' : await fateOf(link, number)
      } catch (error) {
        await this.#drop()
        throw error
      }
    }, this.#ending.signal)
  }

  async #drop(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    link?.breakOff()
    await link?.close()
  }

  /** Waits for no server any more: what is on its way fails, and no new connection is made. */
  giveUp(): void {
    this.#ending.abort(new Error('the store was closed before the server answered'))
    this.#link?.breakOff()
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('the store was closed'))
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

async function retried<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const deadline = performance.now() + reconnectForMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof MillraceError || performance.now() + pauseMs > deadline) throw error
    }
    await pause(pauseMs)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
