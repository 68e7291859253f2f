import type { IncomingMessage, ServerResponse } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'
import type { ServeOptions, Serving } from '../../server/serve.ts'
import { actMoody, type Mood } from './mood.ts'

const downForMs = 5_000

/** What the lab's levers can set; the page sends the name. */
const moods: Readonly<Record<string, Mood>> = {
  well: { kind: 'well' },
  slow: { kind: 'slow', ms: 400 },
  stalls: { kind: 'stalls' },
  cut: { kind: 'resets' },
  fails: { kind: 'answers', status: 500 },
  gateway: { kind: 'answers', status: 502 },
  full: { kind: 'answers', status: 429, headers: { 'Retry-After': '5' } },
  login: { kind: 'answers', status: 401 },
  portal: { kind: 'captive' },
  refuses: { kind: 'answers', status: 413 },
  // Cut off until nobody listens, and well again when somebody does.
  down: { kind: 'resets' },
}

/** A tus server at `/files`, and its lever at `/lab/mood`, for `serve({ handle })`. Files go into `directory`, which must exist. */
export function uploadHandler(directory: string): NonNullable<ServeOptions['handle']> {
  const tus = new Server({ path: '/files', datastore: new FileStore({ directory }) })
  let mood = 'well'
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await actMoody(moods[mood]!, request, response))) await tus.handle(request, response)
  }
  const goDown = async (serving: Serving): Promise<void> => {
    await serving.goDown(downForMs)
    if (mood === 'down') mood = 'well'
  }
  return (request, response, serving) => {
    const path = request.url?.split('?')[0] ?? ''
    if (path === '/lab/mood') {
      const wanted = new URL(request.url!, 'http://lab').searchParams.get('is')
      // Other sites cannot send this header without asking first, and are never answered.
      const isOurs = request.method === 'POST' && request.headers['x-lab'] === '1'
      const isNew = isOurs && wanted !== null && wanted !== mood && Object.hasOwn(moods, wanted)
      if (isNew) mood = wanted
      if (isNew && mood === 'down') response.once('finish', () => void goDown(serving))
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(mood)
      return true
    }
    if (!/^\/files(\/|$)/.test(path)) return false
    void answer(request, response)
    return true
  }
}
