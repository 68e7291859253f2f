import type { Attempt } from './attempt.ts'

/** Where one handler runs at a time. It lives as long as its worker, so that a job costs no closures of its own. */
export class Slot {
  /** The attempt whose handler goes on asynchronously; undefined when the slot was given up with it. */
  attempt: Attempt | undefined = undefined
  readonly fulfilled: (value: unknown) => void
  readonly rejected: (error: unknown) => void

  constructor(ended: (slot: Slot, attempt: Attempt, value: unknown, isError: boolean) => void) {
    const end = (value: unknown, isError: boolean): void => {
      const { attempt } = this
      if (attempt === undefined) return
      this.attempt = undefined
      ended(this, attempt, value, isError)
    }
    this.fulfilled = (value) => end(value, false)
    this.rejected = (error) => end(error, true)
  }
}
