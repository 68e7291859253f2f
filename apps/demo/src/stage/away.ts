/** Workers that are not at work for some time. */
export interface Away {
  /** Seconds. */
  readonly from: number
  readonly until: number
  readonly workers: number
  /** The idlest leave, and end what they have begun; the first, given work before the others, stand still with it. */
  readonly who: 'idlest' | 'first'
}

/** The slots of those who go, chosen as the simulator chooses them: it fills slots from the first, and sends the last away. */
export function leavers({ workers, who }: Away, slots: Int32Array): readonly number[] {
  const all = [...slots.keys()]
  const isBusy = (slot: number): number => (slots[slot] === -1 ? 0 : 1)
  if (who === 'idlest') all.sort((a, b) => isBusy(a) - isBusy(b) || b - a)
  return all.slice(0, workers)
}
