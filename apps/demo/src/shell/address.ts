import { signal } from '@preact/signals'

/** The query of the page's address: everything that is on the screen can be had again from it. */
export const address = signal(new URLSearchParams(location.search))

window.addEventListener('popstate', () => {
  address.value = new URLSearchParams(location.search)
})

/** Goes to another lesson. */
export function visit(lesson: string | undefined): void {
  address.value = new URLSearchParams(lesson === undefined ? {} : { lesson })
  history.pushState(null, '', hrefOf(address.value))
}

/** Changes some values in place; `undefined` takes one out. */
export function amend(changes: Readonly<Record<string, string | undefined>>): void {
  const next = new URLSearchParams(address.value)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) next.delete(name)
    else next.set(name, value)
  }
  if (next.toString() === address.value.toString()) return
  address.value = next
  history.replaceState(history.state, '', hrefOf(next))
}

export function hrefOf(query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? './' : `./?${text}`
}
