import type { IncomingMessage, ServerResponse } from 'node:http'
import { FileStore } from '@tus/file-store'
import { Server } from '@tus/server'
import { actMoody, type Mood } from './mood.ts'

/** What the lab's levers can set; the page sends the name. */
const moods: Readonly<Record<string, Mood>> = {
  well: { kind: 'well' },
  slow: { kind: 'slow', ms: 400 },
  stalls: { kind: 'stalls' },
  cut: { kind: 'resets' },
  error: { kind: 'answers', status: 502 },
  full: { kind: 'answers', status: 429, headers: { 'Retry-After': '5' } },
  login: { kind: 'answers', status: 401 },
  portal: { kind: 'captive' },
  refuses: { kind: 'answers', status: 413 },
}

/** A tus server at `/files`, and its lever at `/lab/mood`, for `serve({ handle })`. Files go into `directory`, which must exist. */
export function uploadHandler(
  directory: string,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const tus = new Server({ path: '/files', datastore: new FileStore({ directory }) })
  let mood = 'well'
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await actMoody(moods[mood]!, request, response))) await tus.handle(request, response)
  }
  return (request, response) => {
    const path = request.url?.split('?')[0] ?? ''
    if (path === '/lab/mood') {
      const wanted = new URL(request.url!, 'http://lab').searchParams.get('is')
      // Other sites cannot send this header without asking first, and are never answered.
      const isOurs = request.method === 'POST' && request.headers['x-lab'] === '1'
      if (isOurs && wanted !== null && Object.hasOwn(moods, wanted)) mood = wanted
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(mood)
      return true
    }
    if (!/^\/files(\/|$)/.test(path)) return false
    void answer(request, response)
    return true
  }
}
