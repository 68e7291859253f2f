import type { Reply, Request, Store } from '@millrace/core'
import type { Remote } from './attempt-pool.ts'

/** What a handler in another thread may ask of the store, in its own name. */
export type RemoteCommand =
  | { readonly name: 'note'; readonly request: Request<'note'> }
  | { readonly name: 'enqueue'; readonly request: Request<'enqueue'> }
  /** A parent, for its result. */
  | { readonly name: 'findJob'; readonly request: Request<'findJob'> }

/** The store as a handler in another thread sees it: its commands are carried out on the other side, under the attempt's lease. */
export function remoteStore(remote: Remote): Store {
  return {
    guarantee: { durability: 'none', promise: 'that of the store on the other side' },
    supports: { reopen: false, sharing: false, storedBodies: false },
    run: async (name, request) => (await remote.ask({ name, request })) as Reply<typeof name>,
    subscribe: () => () => {},
    close: async () => {},
  }
}
