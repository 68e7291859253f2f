import { signal, type Signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { films } from '../kernel/kernel.ts'
import type { Trace } from '../kernel/trace.ts'
import type { World } from '../lessons/lesson.ts'

export interface Shown {
  readonly world: World
  readonly trace: Trace
}

/** Has the worlds recorded whenever their scenarios change; the films before stay until the new ones are there. */
export function useFilms(worlds: readonly World[]): Signal<readonly Shown[]> {
  const shown = useMemo(() => signal<readonly Shown[]>([]), [])
  const question = JSON.stringify(worlds.map(({ scenario }) => scenario))
  useEffect(() => {
    let isWanted = true
    Promise.all(worlds.map(async (world) => ({ world, trace: await films.record(world.scenario) }))).then(
      (ready) => {
        if (isWanted) shown.value = ready
      },
      (error: unknown) => console.error(error),
    )
    return () => {
      isWanted = false
    }
  }, [question])
  return shown
}
