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

/** Why a file that could go does not. */
export const gateHolds: Readonly<Partial<Record<GateStatus, string>>> = {
  offline: 'but the browser says that there is no network',
  suspect: 'but nothing came through lately, so one file tries first',
  captive: 'but a portal answers in place of the server',
  authNeeded: 'but the server wants other credentials, so nothing begins',
  metered: 'but the connection costs per byte',
}

/** How the server may be set, in the order of the list, and what comes of it. */
export const moods: readonly (readonly [mood: string, words: string, consequence: string])[] = [
  ['well', 'works well', 'It takes whatever comes.'],
  ['slow', 'is slow', 'Each part takes 0.4 s: time for you to do harm.'],
  [
    'stalls',
    'takes and never answers',
    'After 5 s without a byte the request is broken off and tried again. The network is at fault, not the file: no failure is counted.',
  ],
  [
    'down',
    'is down for 5 seconds',
    'Nobody listens. The files wait, and one of them tries now and then; when it comes through, the others follow.',
  ],
  [
    'fails',
    'answers 500',
    'A failure, and it is counted: the file goes again after 1 s, 2 s, 4 s and so on. Ten failures make a dead letter.',
  ],
  ['gateway', 'answers 502', 'The server behind the first one is gone. Counted as a failure, like a 500.'],
  [
    'full',
    'answers 429, in 5 seconds again',
    'It is asked too much and says when to come back. Nothing goes before that.',
  ],
  [
    'login',
    'answers 401',
    'It wants other credentials. More tries are of no use: all files wait, and no failure is counted, until you press Try now.',
  ],
  [
    'portal',
    'is behind a hotel portal',
    'A page of the hotel answers 200 to everything. No file is taken for arrived, because an upload server answers otherwise.',
  ],
  [
    'refuses',
    'refuses for good (413)',
    'Too large, today and tomorrow. To try again is of no use: a dead letter at once.',
  ],
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
