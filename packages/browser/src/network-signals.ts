/** What the platform tells of the network; all of it hints. */
export interface NetworkSignals {
  online(): boolean
  /** The connection costs per byte, or the user asked to save data; false where nobody can tell. */
  metered(): boolean
  /** Calls when one of them may have changed; answers what ends that. */
  onChange(listener: () => void): () => void
}

interface Connection extends EventTarget {
  readonly type?: string
  readonly saveData?: boolean
}

/** Of the page or worker this runs in. */
export function platformSignals(): NetworkSignals {
  const connection = (navigator as { connection?: Connection }).connection
  return {
    online: () => navigator.onLine,
    metered: () => connection?.type === 'cellular' || connection?.saveData === true,
    onChange(listener) {
      const ended = new AbortController()
      for (const type of ['online', 'offline'])
        globalThis.addEventListener(type, listener, { signal: ended.signal })
      connection?.addEventListener('change', listener, { signal: ended.signal })
      return () => ended.abort()
    },
  }
}
