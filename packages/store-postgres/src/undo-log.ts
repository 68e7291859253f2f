/** How to take back what was done since the last `keep`, newest first. */
export class UndoLog {
  readonly #steps: (() => void)[] = []

  push(step: () => void): void {
    this.#steps.push(step)
  }

  rollBack(): void {
    while (this.#steps.length > 0) this.#steps.pop()!()
  }

  keep(): void {
    this.#steps.length = 0
  }
}
