import { signal } from '@preact/signals'
import type { DeadGroup, Explanation, JobView, Runtime, State } from 'millrace'

/** What the page shows: the truth is in the store, this is the last look at it. */
export interface Look {
  /** Of every state at most as many as are asked for. */
  readonly jobs: readonly JobView[]
  /** How many there are of each state. */
  readonly counts: Readonly<Partial<Record<State, number>>>
  /** The dead letters by what killed them, each with an example. */
  readonly groups: readonly (DeadGroup & { readonly says: string })[]
  /** Of the jobs that are open. */
  readonly explanations: ReadonlyMap<string, Explanation>
  readonly isPaused: boolean
}

export const look = signal<Look>({
  jobs: [],
  counts: {},
  groups: [],
  explanations: new Map(),
  isPaused: false,
})

/** What keeps the store from doing anything, until it does something again: there may be no room. */
export const trouble = signal('')

/** Jobs whose inside is shown. */
export const opened = signal<ReadonlySet<string>>(new Set())

/** Jobs of each state that are listed at most. */
export const most = signal(100)

const queue = 'upload'
const states = [
  'processing',
  'retrying',
  'scheduled',
  'enqueued',
  'blocked',
  'dead',
  'completed',
  'cancelled',
  'expired',
] as const

const events = [
  'enqueued',
  'started',
  'progress',
  'completed',
  'retrying',
  'snoozed',
  'released',
  'dead',
  'cancelled',
  'redriven',
] as const

/** Looks whenever something happens, and twice a second for what other tabs do. */
export function follow(runtime: Runtime): void {
  let isLooking = false
  let isStale = false
  const again = async (): Promise<void> => {
    isStale = true
    if (isLooking) return
    isLooking = true
    while (isStale) {
      isStale = false
      try {
        look.value = await lookInto(runtime)
      } catch (error) {
        trouble.value = String(error)
      }
    }
    isLooking = false
  }
  const happened = (): void => {
    trouble.value = ''
    void again()
  }
  for (const type of events) runtime.on(type, happened)
  runtime.on('error', ({ error }) => void (trouble.value = String(error)))
  setInterval(() => void again(), 500)
  opened.subscribe(() => void again())
}

async function lookInto(runtime: Runtime): Promise<Look> {
  const [counts, groups, explanations, ...pages] = await Promise.all([
    runtime.counts(),
    groupsOf(runtime),
    Promise.all([...opened.peek()].map(async (id) => [id, await runtime.explain(id)] as const)),
    ...states.map((state) => runtime.jobs({ queue, state, limit: most.peek() })),
  ])
  const own = counts.find((one) => one.queue === queue)
  return {
    jobs: pages.flatMap(({ jobs }) => jobs),
    counts: own ?? {},
    groups,
    explanations: new Map(explanations),
    isPaused: own?.paused ?? false,
  }
}

async function groupsOf(runtime: Runtime): Promise<Look['groups']> {
  const groups = await runtime.deadLetters.groups({ queue })
  return await Promise.all(
    groups.map(async (group) => {
      const example = await runtime.job(group.example)
      return { ...group, says: example?.error?.message ?? example?.reason ?? group.fingerprint }
    }),
  )
}
