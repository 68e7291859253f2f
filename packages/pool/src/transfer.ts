const marked = new WeakMap<object, Transferable[]>()

/** Marks what is in `value` to be moved to the other thread, not copied: for a payload, or for what a handler returns. */
export function transfer<T extends object>(value: T, transferables: readonly Transferable[]): T {
  marked.set(value, [...transferables])
  return value
}

export function transferablesOf(value: unknown): readonly Transferable[] {
  return typeof value === 'object' && value !== null ? (marked.get(value) ?? none) : none
}

const none: readonly Transferable[] = []
