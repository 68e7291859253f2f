import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy whose connections can be cut, as a network does: without a word, in the middle of anything. */
export interface Proxy {
  readonly port: number
  readonly live: number
  /** Cuts the connection of this number, counted modulo those that live. */
  cut(which: number): void
  /** Cuts the next connection that sends this text, once the other side has answered, and before the answer is through. */
  loseAnswerTo(text: string): void
  /** From now on nothing comes through, and nobody is told: neither on the connections there are nor on new ones. */
  fallSilent(): void
  close(): Promise<void>
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let unlucky: string | undefined
  let isSilent = false
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    if (isSilent) return void near.pause()
    near.on('data', (chunk: Buffer) => {
      if (unlucky === undefined || !chunk.includes(unlucky)) return
      unlucky = undefined
      far.unpipe(near)
      far.once('data', () => near.destroy()).resume()
    })
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true)
      from.pipe(to)
      from.on('error', () => {})
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    get live() {
      return pairs.size
    },
    cut(which) {
      const pair = [...pairs][which % Math.max(1, pairs.size)]
      for (const socket of pair ?? []) socket.destroy()
    },
    loseAnswerTo(text) {
      unlucky = text
    },
    fallSilent() {
      isSilent = true
      for (const [near, far] of pairs) {
        near.unpipe(far).pause()
        far.unpipe(near).pause()
      }
    },
    async close() {
      server.close()
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      await once(server, 'close')
    },
  }
}
