/** One task after the other, in the order in which they came. Whoever called one knows how it ended before the next begins. */
export class Line {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(task: () => T | Promise<T>): Promise<T> {
    const result = this.#last.then(task)
    // Two steps later than the caller, who has things to take back before anybody sees them.
    this.#last = result.then(nothing, nothing).then(nothing)
    return result
  }
}

function nothing(): void {}
