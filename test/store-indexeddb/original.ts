/** The browser's own method, for a test that wraps it. */
export function originalOf<T, K extends keyof T>(prototype: T, name: K): T[K] {
  return prototype[name]
}
