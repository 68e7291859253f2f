import type { State } from '@millrace/core'
import type { Deed } from '../frame.ts'
import type { HandBench } from '../hand-bench.ts'

/** Says why not, unless the condition holds. */
export function unless(holds: boolean, why: string): string | undefined {
  return holds ? undefined : why
}

export function stateOf(bench: HandBench, id: string): State | undefined {
  return bench.job(id)?.state
}

/** Lets time pass to the next thing that time brings. */
export const wait: Deed = {
  id: 'wait',
  label: 'Let time pass',
  hindrance: (bench) => unless(bench.nextAt !== undefined, 'nothing waits for time'),
  async perform(bench) {
    const from = bench.now
    const before = new Map(bench.jobs.map(({ id, state }) => [id, state]))
    await bench.wait()
    const changed = bench.jobs.filter(({ id, state }) => before.get(id) !== state)
    const passed = `${((bench.now - from) / 1_000).toFixed(1)} s passed.`
    return [passed, ...changed.map(({ name, state }) => `${name} is ${state} now.`)].join(' ')
  },
}
