import type { Client, Notification, PoolClient } from 'pg'
import { connect, endClient, withinTime } from './link.ts'
import type { Place } from './place.ts'
import { quoteIdentifier } from './statement.ts'
import { channelOf, readNews, type WakeUp } from './wake-up.ts'

const pollMs = 5_000
const reconnectAfterMs = 250

/** Hears what other processes notify, and behind that asks for a look at all queues now and then: news can be lost. */
export class NewsRoom {
  readonly #place: Place
  readonly #channel: string
  readonly #hear: (news: WakeUp, pid: number) => void
  readonly #poll: () => void
  #client: Client | PoolClient | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #ending = new AbortController()

  constructor(place: Place, schema: string, hear: (news: WakeUp, pid: number) => void, poll: () => void) {
    this.#place = place
    this.#channel = channelOf(schema)
    this.#hear = hear
    this.#poll = poll
  }

  async open(): Promise<void> {
    await this.#listen()
    this.#schedule()
  }

  async close(): Promise<void> {
    this.#ending.abort()
    clearTimeout(this.#timer)
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) await endClient(client)
  }

  async #listen(): Promise<void> {
    const client = await connect(this.#place, this.#ending.signal)
    this.#client = client
    client.on('notification', (notification) => this.#read(notification))
    client.on('end', () => this.#lost(client))
    client.on('error', () => this.#lost(client))
    if (this.#ending.signal.aborted) return this.#drop()
    await withinTime(client, client.query(`LISTEN ${quoteIdentifier(this.#channel)}`))
  }

  #read({ channel, payload = '', processId }: Notification): void {
    if (channel === this.#channel) this.#hear(readNews(payload), processId)
  }

  #lost(client: Client | PoolClient): void {
    if (this.#client !== client) return
    this.#drop()
    this.#schedule()
  }

  #drop(): void {
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) void endClient(client).catch(() => {})
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#ending.signal.aborted) return
    const afterMs = this.#client === undefined ? reconnectAfterMs : pollMs
    this.#timer = setTimeout(() => void this.#tick(), afterMs)
    // A store that nobody uses must not keep its process alive.
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    try {
      if (this.#client === undefined) await this.#listen()
    } catch {
      this.#drop()
    }
    this.#poll()
    this.#schedule()
  }
}
