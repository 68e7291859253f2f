import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Offer } from '../kernel/frame.ts'

interface DeedsProps {
  readonly groups: readonly (readonly [title: string, deeds: readonly string[]])[]
  readonly offers: readonly Offer[]
  readonly onDeed: (id: string) => void
}

/** All that can be done; what cannot be done now says why when it is tried. */
export function Deeds({ groups, offers, onDeed }: DeedsProps): JSX.Element {
  const hint = useSignal('')
  useEffect(() => void (hint.value = ''), [offers])
  const attempt = ({ id, label, why }: Offer): void => {
    if (why === undefined) onDeed(id)
    else hint.value = `${label}? Not now: ${why}.`
  }
  return (
    <div>
      <div class="deeds">
        {groups.map(([title, ids]) => (
          <div class="deed-group" role="group" aria-label={title} key={title}>
            <h3>{title}</h3>
            <div class="row">
              {ids.map((id) => (
                <Deed key={id} offer={offers.find((offer) => offer.id === id)!} onAttempt={attempt} />
              ))}
            </div>
          </div>
        ))}
      </div>
      <p class="hint small muted" role="status">
        {hint.value}
      </p>
    </div>
  )
}

interface DeedProps {
  readonly offer: Offer
  readonly onAttempt: (offer: Offer) => void
}

function Deed({ offer, onAttempt }: DeedProps): JSX.Element {
  const { id, label, why } = offer
  return (
    <button
      type="button"
      data-deed={id}
      aria-disabled={why !== undefined}
      title={why === undefined ? undefined : `Not now: ${why}.`}
      onClick={() => onAttempt(offer)}
    >
      {label}
      {why !== undefined && <span class="visually-hidden">, not now: {why}</span>}
    </button>
  )
}
