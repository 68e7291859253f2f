const units: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
]

/** A duration in its largest unit: `3 min`. */
export function durationText(ms: number): string {
  const unit = units.find(([, length]) => ms >= length)
  return unit === undefined ? `${Math.round(ms)} ms` : `${Math.floor(ms / unit[1])} ${unit[0]}`
}

/** A time, and how far it is from now: `2026-01-31T12:00:00.000Z (3 min ago)`. */
export function timeText(at: number, now = Date.now()): string {
  const distance = at > now ? `in ${durationText(at - now)}` : `${durationText(now - at)} ago`
  return `${new Date(at).toISOString()} (${distance})`
}
