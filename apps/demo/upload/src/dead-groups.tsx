import { useSignal } from '@preact/signals'
import type { DeadGroup } from 'millrace'
import type { JSX } from 'preact'
import type { Lab } from './lab.ts'
import { look } from './look.ts'

/** The dead letters by what killed them; what is done here is done to all of a group. */
export function DeadGroups({ lab: { runtime } }: { readonly lab: Lab }): JSX.Element {
  const told = useSignal('')
  const redrive = async ({ fingerprint, count }: DeadGroup, pace: object): Promise<void> => {
    const { redriven } = await runtime.deadLetters.redrive({ fingerprint, limit: count, ...pace })
    told.value = `${redriven.length} sent round again.`
  }
  const discard = async ({ fingerprint, count }: DeadGroup): Promise<void> => {
    const discarded = await runtime.deadLetters.discard({ fingerprint, limit: count })
    told.value = `${discarded.length} thrown away.`
  }
  return (
    <>
      <ul class="groups">
        {look.value.groups.map((group) => (
          <li key={group.fingerprint} data-group>
            <p>
              <strong>{group.count} ×</strong> {group.says}
            </p>
            <div class="row">
              <button type="button" onClick={() => void redrive(group, {})}>
                Redrive all {group.count}
              </button>
              <button type="button" onClick={() => void redrive(group, { ratePerSecond: 1 })}>
                One each second
              </button>
              <button type="button" onClick={() => void discard(group)}>
                Discard all {group.count}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <p class="small" role="status">
        {told.value}
      </p>
    </>
  )
}
