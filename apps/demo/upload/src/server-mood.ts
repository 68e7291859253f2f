import { signal } from '@preact/signals'

/** How the server is set: the line cut or not, and what it does when it is reached. */
export const isCut = signal(false)
export const mood = signal('well')

let changes = 0

export function cut(wanted: boolean): void {
  isCut.value = wanted
  apply()
}

export function setMood(wanted: string): void {
  mood.value = wanted
  apply()
}

/** Whenever the page is seen: the server keeps its mood when the page goes, and other tabs have a lever too. Answers what ends that. */
export function readWhenSeen(): () => void {
  const seen = (): void => void (document.hidden || read())
  seen()
  document.addEventListener('visibilitychange', seen)
  return () => document.removeEventListener('visibilitychange', seen)
}

function apply(): void {
  changes++
  void ask(`?is=${isCut.value ? 'cut' : mood.value}`)
}

async function read(): Promise<void> {
  const before = changes
  // Without an answer the levers stay as they are.
  const now = await ask('').catch(() => undefined)
  if (now === undefined || before !== changes) return
  isCut.value = now === 'cut'
  if (now !== 'cut') mood.value = now
}

async function ask(query: string): Promise<string> {
  const response = await fetch(`/lab/mood${query}`, { method: 'POST', headers: { 'X-Lab': '1' } })
  return await response.text()
}
