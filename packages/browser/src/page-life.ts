interface PageLifeListener {
  readonly putAway: () => void
  readonly backAgain: () => void
}

/** When this context is put away, and when it comes back. */
export interface PageLife {
  /** Answers what ends that. */
  onChange(listener: PageLifeListener): () => void
}

/** Of this page; workers are never told. */
export function platformPageLife(): PageLife {
  return {
    onChange({ putAway, backAgain }) {
      const ended = new AbortController()
      const { signal } = ended
      if (typeof document !== 'undefined') {
        globalThis.addEventListener('pagehide', putAway, { signal })
        globalThis.addEventListener('pageshow', (event) => event.persisted && backAgain(), { signal })
        document.addEventListener('freeze', putAway, { signal })
        document.addEventListener('resume', backAgain, { signal })
      }
      return () => ended.abort()
    },
  }
}
