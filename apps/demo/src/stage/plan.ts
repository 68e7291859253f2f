/** A part of the stage. */
export interface Zone {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where everything stands; in CSS pixels. */
export interface StagePlan {
  readonly height: number
  /** One line of waiting jobs per class, or one for all. */
  readonly lines: readonly Zone[]
  readonly workers: Zone
  readonly backoff: Zone | undefined
  readonly done: Zone
  readonly dead: Zone | undefined
  /** Room for one job in a line. */
  readonly cell: number
  /** Room for one worker. */
  readonly slot: number
  /** Height of a zone's heading. */
  readonly head: number
}

export interface PlanWishes {
  readonly width: number
  readonly lines: number
  readonly workers: number
  readonly backoff: boolean
  readonly losses: boolean
  /** Size of the page's text. */
  readonly text: number
}

const gap = 8

/** Side by side where there is room, one below the other on a phone. */
export function stagePlan(wishes: PlanWishes): StagePlan {
  return wishes.width >= 46 * wishes.text ? wide(wishes) : narrow(wishes)
}

function wide({ width, lines, workers, backoff, losses, text }: PlanWishes): StagePlan {
  const head = Math.round(text * 1.5)
  const cell = Math.round(text * 1.18)
  const slot = Math.round(text * 1.8)
  const left = Math.round(width * 0.52)
  const middle = Math.round(width * 0.24)
  const right = width - left - middle - 2 * gap
  const columns = Math.max(1, Math.floor((middle - gap) / slot))
  const forWorkers = head + Math.ceil(workers / columns) * slot + gap
  const lineHeight = head + (lines === 1 ? 6 : 3) * cell + gap / 2
  const backoffHeight = backoff ? head + 2 * cell + gap : 0
  const height = Math.max(
    forWorkers,
    lines * (lineHeight + gap) - gap + (backoff ? backoffHeight + gap : 0),
    180,
  )
  const rest = height - (backoff ? backoffHeight + gap : 0)
  const each = (rest - (lines - 1) * gap) / lines
  const doneHeight = losses ? Math.round((height - gap) * 0.5) : height
  return {
    height,
    head,
    cell,
    slot,
    lines: Array.from({ length: lines }, (_, index) => ({
      x: 0,
      y: index * (each + gap),
      width: left,
      height: each,
    })),
    backoff: backoff ? { x: 0, y: height - backoffHeight, width: left, height: backoffHeight } : undefined,
    workers: { x: left + gap, y: 0, width: middle, height },
    done: { x: left + middle + 2 * gap, y: 0, width: right, height: doneHeight },
    dead: losses
      ? {
          x: left + middle + 2 * gap,
          y: doneHeight + gap,
          width: right,
          height: height - doneHeight - gap,
        }
      : undefined,
  }
}

function narrow({ width, lines, workers, backoff, losses, text }: PlanWishes): StagePlan {
  const head = Math.round(text * 1.5)
  const cell = Math.round(text * 1.08)
  const slot = Math.round(text * 1.75)
  const lineHeight = head + (lines === 1 ? 4 : 2) * cell + gap
  const columns = Math.max(1, Math.floor((width - gap) / slot))
  const forWorkers = head + Math.ceil(workers / columns) * slot + gap
  const forEnds = head + 2 * cell + gap
  const half = Math.floor((width - gap) / 2)
  let y = 0
  const take = (height: number, x = 0, span = width): Zone => {
    const zone = { x, y, width: span, height }
    y += height + gap
    return zone
  }
  const lineZones = Array.from({ length: lines }, () => take(lineHeight))
  const workerZone = take(forWorkers)
  const backoffZone = backoff ? take(head + 2 * cell + gap) : undefined
  const done = take(forEnds, 0, losses ? half : width)
  return {
    height: y - gap,
    head,
    cell,
    slot,
    lines: lineZones,
    workers: workerZone,
    backoff: backoffZone,
    done,
    dead: losses ? { ...done, x: half + gap } : undefined,
  }
}

/** The middle of the n-th cell of a zone, filled row by row from its start; nothing if it is full. */
export function cellIn(
  zone: Zone,
  index: number,
  cell: number,
  head: number,
): readonly [number, number] | undefined {
  const columns = Math.max(1, Math.floor((zone.width - gap) / cell))
  const rows = Math.max(1, Math.floor((zone.height - head - gap / 2) / cell))
  if (index >= columns * rows) return undefined
  return [
    zone.x + gap / 2 + (index % columns) * cell + cell / 2,
    zone.y + head + Math.floor(index / columns) * cell + cell / 2,
  ]
}

export function cellsOf(zone: Zone, cell: number, head: number): number {
  const columns = Math.max(1, Math.floor((zone.width - gap) / cell))
  return columns * Math.max(1, Math.floor((zone.height - head - gap / 2) / cell))
}
