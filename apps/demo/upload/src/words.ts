import type { State } from 'millrace'
import type { GateStatus } from 'millrace/browser'

/** What the page says of the network. */
export const gateWords: Readonly<Record<GateStatus, string>> = {
  offline: 'Offline. Files wait here and go when the network is back.',
  suspect: 'Nothing comes through yet. One file goes first, the others follow.',
  online: 'Online. Files are on their way.',
  captive: 'Somebody else answers in place of the server: a portal that wants a login.',
  authNeeded: 'The server wants other credentials. All files wait until you go on.',
  metered: 'The connection costs per byte. Files wait for another one.',
}

/** How the server may be set, in the order of the list. */
export const moods: readonly (readonly [mood: string, words: string])[] = [
  ['well', 'works well'],
  ['slow', 'is slow'],
  ['stalls', 'takes and never answers'],
  ['error', 'answers 502'],
  ['full', 'answers 429, in 5 seconds again'],
  ['login', 'answers 401'],
  ['portal', 'is behind a hotel portal'],
  ['refuses', 'refuses for good (413)'],
]

export const stateWords: Readonly<Record<State, string>> = {
  processing: 'on its way',
  retrying: 'failed, goes again soon',
  scheduled: 'waits for the network',
  enqueued: 'waits',
  blocked: 'waits for its turn',
  completed: 'arrived',
  dead: 'put aside',
  cancelled: 'cancelled',
  expired: 'too late',
}

export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

export function clockWords(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}
