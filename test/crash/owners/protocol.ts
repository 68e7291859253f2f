export interface Order {
  /** When to start, by the wall clock. */
  readonly at: number
  readonly takeoverAfterMs?: number
}

export type Report =
  | { readonly kind: 'ready' }
  /** It owns the store and found these numbers in it. */
  | { readonly kind: 'owner'; readonly keys: readonly number[] }
  /** It did not get the store, or has lost it. */
  | { readonly kind: 'refused'; readonly code: string }
