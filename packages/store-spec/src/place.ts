import type { Store } from '@millrace/core'

/** Somewhere jobs live: one test's own, empty at first. */
export interface Place {
  /** Opens a store on it: once; again after a close, if the store supports `reopen`; beside a live one, if it supports `sharing`. */
  open(): Store | Promise<Store>
  /** Takes everything away after the test; every store opened on it was closed before. */
  remove?(): void | Promise<void>
}

/** A place nobody has used before. */
export type NewPlace = () => Place | Promise<Place>
