import { signal } from '@preact/signals'

/** How the server is set: the line cut or not, and what it does when it is reached. */
export const isCut = signal(false)
export const mood = signal('well')

let changes = 0
let later: ReturnType<typeof setTimeout> | undefined

export function cut(wanted: boolean): void {
  isCut.value = wanted
  void apply()
}

export function setMood(wanted: string): void {
  mood.value = wanted
  void apply()
}

/** Whenever the page is seen: the server keeps its mood when the page goes, and other tabs have a lever too. Answers what ends that. */
export function readWhenSeen(): () => void {
  const seen = (): void => void (document.hidden || read())
  seen()
  document.addEventListener('visibilitychange', seen)
  return () => document.removeEventListener('visibilitychange', seen)
}

async function apply(): Promise<void> {
  changes++
  settled(await ask(`?is=${isCut.value ? 'cut' : mood.value}`))
}

async function read(): Promise<void> {
  const before = changes
  const now = await ask('')
  if (before !== changes) return
  if (now !== undefined) isCut.value = now === 'cut'
  if (now !== undefined && now !== 'cut') mood.value = now
  settled(now)
}

/** A server that is down comes back by itself; until it answers, the levers stay as they are. */
function settled(now: string | undefined): void {
  clearTimeout(later)
  if (now === undefined || now === 'down') later = setTimeout(() => document.hidden || void read(), 1_000)
}

/** Undefined without an answer. */
async function ask(query: string): Promise<string | undefined> {
  try {
    const response = await fetch(`/lab/mood${query}`, { method: 'POST', headers: { 'X-Lab': '1' } })
    return await response.text()
  } catch {
    return undefined
  }
}
