import { signal, type Signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { films } from '../kernel/kernel.ts'
import type { Trace } from '../kernel/trace.ts'
import type { World } from '../lessons/lesson.ts'

export interface Shown {
  readonly world: World
  readonly trace: Trace
}

export interface Films {
  readonly shown: readonly Shown[]
  /** True while newer ones are being recorded. */
  readonly isBusy: boolean
}

/** Has the worlds recorded whenever their scenarios change; the films before stay until the new ones are there. */
export function useFilms(worlds: readonly World[]): Signal<Films> {
  const shown = useMemo(() => signal<Films>({ shown: [], isBusy: true }), [])
  const question = JSON.stringify(worlds.map(({ scenario, fork }) => [scenario, fork]))
  useEffect(() => {
    let isWanted = true
    shown.value = { ...shown.peek(), isBusy: true }
    Promise.all(
      worlds.map(async (world) => ({ world, trace: await films.record(world.scenario, world.fork) })),
    ).then(
      (ready) => {
        if (isWanted) shown.value = { shown: ready, isBusy: false }
      },
      (error: unknown) => console.error(error),
    )
    return () => {
      isWanted = false
    }
  }, [question])
  return shown
}
