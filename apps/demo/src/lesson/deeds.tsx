import type { JSX } from 'preact'
import type { Offer } from '../kernel/frame.ts'

interface DeedsProps {
  readonly groups: readonly (readonly [title: string, deeds: readonly string[]])[]
  readonly offers: readonly Offer[]
  readonly onDeed: (id: string) => void
}

/** All that can be done, and why some of it cannot be done now. */
export function Deeds({ groups, offers, onDeed }: DeedsProps): JSX.Element {
  return (
    <div class="deeds">
      {groups.map(([title, ids]) => (
        <div class="deed-group" role="group" aria-label={title} key={title}>
          <h3>{title}</h3>
          <div class="row">
            {ids.map((id) => (
              <Deed key={id} offer={offers.find((offer) => offer.id === id)!} onDeed={onDeed} />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}

function Deed({
  offer: { id, label, why },
  onDeed,
}: {
  readonly offer: Offer
  readonly onDeed: DeedsProps['onDeed']
}): JSX.Element {
  return (
    <button
      type="button"
      data-deed={id}
      aria-disabled={why !== undefined}
      title={why === undefined ? undefined : `Not now: ${why}.`}
      onClick={() => why === undefined && onDeed(id)}
    >
      {label}
      {why !== undefined && <span class="visually-hidden">, not now: {why}</span>}
    </button>
  )
}
