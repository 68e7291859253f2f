/** A payload or a result as stores keep it: encoded text, or a reference to text a store keeps elsewhere. */
export type Body = string | StoredBody

/** Text that a store left on its disk; only that store can read it back, and it does so before a reply leaves it. */
export interface StoredBody {
  readonly segment: number
  readonly offset: number
  readonly bytes: number
}
