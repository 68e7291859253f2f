let isCrashing = false

/** To be called before anybody else listens: listeners of a page's end are heard in the order in which they came. */
export function prepareCrash(): void {
  globalThis.addEventListener('pagehide', (event) => isCrashing && event.stopImmediatePropagation())
}

/**
 * Ends this page in the middle of its work, and opens it again. The goodbye that a closing page says is kept from it, so
 * what stays behind is what a crash leaves: requests cut off, jobs that nobody gave back, a lock that nobody holds.
 */
export function crash(): void {
  isCrashing = true
  location.reload()
}
