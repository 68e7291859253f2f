import type { IncomingMessage, ServerResponse } from 'node:http'

/** How the server behaves, until it is told otherwise. */
export type Mood =
  | { readonly kind: 'well' }
  /** Each answer takes its time. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Takes requests and never answers. */
  | { readonly kind: 'stalls' }
  /** Breaks connections off. */
  | { readonly kind: 'resets' }
  | {
      readonly kind: 'answers'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
    }
  /** A portal in between answers with a page of its own. */
  | { readonly kind: 'captive' }

/** False: the mood leaves the request to the server. */
export async function actMoody(
  mood: Mood,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (mood.kind) {
    case 'well':
      return false
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, mood.ms))
      return false
    case 'stalls':
      return true
    case 'resets':
      request.socket.resetAndDestroy()
      return true
    case 'answers':
      response.writeHead(mood.status, mood.headers).end()
      return true
    case 'captive':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Welcome to our hotel</title>')
      return true
  }
}
