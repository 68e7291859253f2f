import type { State } from '@millrace/core'
import { place, type Film } from './film.ts'
import { cellIn, cellsOf, type StagePlan, type Zone } from './plan.ts'
import type { Look, Sprites } from './sprites.ts'

/** What the stage is to say besides the dots. */
export interface Cast {
  /** By class. */
  readonly looks: readonly Look[]
  /** By class: the line it waits in. */
  readonly lineOf: readonly number[]
  readonly lineNames: readonly string[]
  /** What those are called that ended badly. */
  readonly losses: string | undefined
  /** Seconds; a healthy worker renews it every third. */
  readonly lease: number
}

const stateAt: readonly State[] = [
  'enqueued',
  'blocked',
  'enqueued',
  'processing',
  'retrying',
  'completed',
  'dead',
  'cancelled',
  'expired',
]

/** Seconds of the reader's time that a job takes to its new place. */
const glide = 0.09
/** Virtual time for which a job that left stays in sight. */
const farewell = 0.9

/** Draws one film on one canvas. */
export class Painter {
  readonly #context: CanvasRenderingContext2D
  readonly #sprites: Sprites
  readonly #film: Film
  readonly #plan: StagePlan
  readonly #cast: Cast
  readonly #xs: Float32Array
  readonly #ys: Float32Array
  #hasJumped = true
  #isSettled = true
  #share = 1

  constructor(context: CanvasRenderingContext2D, sprites: Sprites, film: Film, plan: StagePlan, cast: Cast) {
    this.#context = context
    this.#sprites = sprites
    this.#film = film
    this.#plan = plan
    this.#cast = cast
    this.#xs = new Float32Array(film.places.length)
    this.#ys = new Float32Array(film.places.length)
  }

  /** Forgets where the jobs were, so that the next drawing shows them at their places. */
  jump(): void {
    this.#hasJumped = true
  }

  /** Draws the present moment; `elapsed` is the reader's time since the last drawing. True once nothing moves any more. */
  draw(elapsed: number, isCalm: boolean): boolean {
    this.#isSettled = true
    if (this.#hasJumped) this.#xs.fill(-1)
    this.#share = isCalm || this.#hasJumped ? 1 : 1 - Math.exp(-elapsed / glide)
    this.#headings()
    this.#lines()
    this.#workers()
    if (this.#plan.backoff !== undefined) this.#resting(this.#plan.backoff)
    this.#leaving()
    this.#graveyard()
    this.#hasJumped = false
    return this.#isSettled
  }

  #headings(): void {
    const { lines, workers, backoff, done, dead } = this.#plan
    const film = this.#film
    const waits = this.#countsByLine()
    lines.forEach((zone, index) => this.#zone(zone, this.#cast.lineNames[index]!, String(waits[index]!)))
    const busy = `${film.working} of ${film.staff}`
    this.#zone(workers, 'Workers', film.wasted > 0 ? `${busy}, ${film.wasted} wasted` : busy)
    if (backoff !== undefined) this.#zone(backoff, 'Backoff', String(film.backoff.size))
    this.#zone(done, 'Done', String(film.done))
    if (dead !== undefined)
      this.#zone(dead, this.#cast.losses ?? '', String(film.dead.size + film.refused + film.shed))
  }

  #countsByLine(): readonly number[] {
    const counts = this.#plan.lines.map(() => 0)
    for (const job of this.#film.waiting) counts[this.#lineOf(job)]!++
    return counts
  }

  #zone({ x, y, width, height }: Zone, name: string, count: string): void {
    const context = this.#context
    context.fillStyle = this.#sprites.colour('sunken')
    context.beginPath()
    context.roundRect(x, y, width, height, 8)
    context.fill()
    const size = Math.round(this.#plan.head * 0.55)
    context.font = `600 ${size}px system-ui, sans-serif`
    context.textBaseline = 'middle'
    context.fillStyle = this.#sprites.colour('muted')
    context.textAlign = 'left'
    const middle = y + this.#plan.head / 2 + 1
    // The number is never in the way of the name: both get narrower where a zone is.
    const counted = Math.min(context.measureText(count).width, width / 2)
    context.fillText(name, x + 8, middle, width - counted - 24)
    context.fillStyle = this.#sprites.colour('ink')
    context.textAlign = 'right'
    context.fillText(count, x + width - 8, middle, counted)
  }

  #lines(): void {
    const { lines, cell, head } = this.#plan
    const next = lines.map(() => 0)
    const rooms = lines.map((zone) => cellsOf(zone, cell, head))
    const seat = (job: number): void => {
      const line = this.#lineOf(job)
      const index = next[line]!++
      const spot = cellIn(lines[line]!, Math.min(index, rooms[line]! - 1), cell, head)!
      // Those beyond the last cell wait unseen behind it; the count tells of them.
      this.#job(job, spot, index < rooms[line]!)
    }
    for (const job of this.#film.waiting) seat(job)
    for (const job of this.#film.outside) seat(job)
  }

  #workers(): void {
    const { workers, head, slot: size } = this.#plan
    const context = this.#context
    const box = size - 3
    this.#film.slots.forEach((job, slot) => {
      const spot = cellIn(workers, slot, size, head)
      if (spot === undefined) return
      const [x, y] = spot
      context.strokeStyle = this.#sprites.colour('edge')
      context.lineWidth = 1
      const isWasted = job === -2 && this.#film.waiting.size > 0
      context.setLineDash(isWasted ? [3, 3] : this.#film.isAway(slot) ? [1, 4] : [])
      context.beginPath()
      context.roundRect(x - box / 2, y - box / 2, box, box, 7)
      context.stroke()
      context.setLineDash([])
      if (isWasted) this.#cross(x, y)
      if (job < 0) return
      context.globalAlpha = this.#film.isAway(slot) ? 0.4 : 1
      this.#job(job, spot, true)
      this.#arc(slot, x, y)
      context.globalAlpha = 1
    })
  }

  /** A worker that is busy for nothing. */
  #cross(x: number, y: number): void {
    const context = this.#context
    context.strokeStyle = this.#sprites.colour('muted')
    context.lineWidth = 2
    context.beginPath()
    context.moveTo(x - 5, y - 5)
    context.lineTo(x + 5, y + 5)
    context.moveTo(x + 5, y - 5)
    context.lineTo(x - 5, y + 5)
    context.stroke()
  }

  /** What is left of the lease. */
  #arc(slot: number, x: number, y: number): void {
    const { lease } = this.#cast
    const left = Math.max(0, 1 - (this.#film.time - this.#film.renewedAt(slot, lease / 3)) / lease)
    const context = this.#context
    context.strokeStyle = this.#sprites.colour('state-processing')
    context.lineWidth = 2
    context.beginPath()
    context.arc(x, y, this.#plan.slot * 0.375, -Math.PI / 2, -Math.PI / 2 + left * 2 * Math.PI)
    context.stroke()
  }

  #resting(zone: Zone): void {
    let index = 0
    const { cell, head } = this.#plan
    const context = this.#context
    for (const job of this.#film.backoff) {
      const spot = cellIn(zone, index++, cell, head)
      if (spot === undefined) return
      const [x, y] = this.#job(job, spot, true)
      const since = this.#film.since[job]!
      const until = this.#film.until[job]!
      const left = Math.max(0, (until - this.#film.time) / Math.max(0.001, until - since))
      context.fillStyle = this.#sprites.colour('state-retrying')
      context.globalAlpha = 0.3
      context.beginPath()
      context.moveTo(x, y)
      context.arc(x, y, cell * 0.52, -Math.PI / 2, -Math.PI / 2 + left * 2 * Math.PI)
      context.fill()
      context.globalAlpha = 1
    }
  }

  /** Those that ended a moment ago, on their way out. */
  #leaving(): void {
    const { cell, head, done, dead } = this.#plan
    let atDone = 0
    let atDead = 0
    for (const job of this.#film.leaving) {
      const to = this.#film.places[job]!
      const age = this.#film.time - this.#film.since[job]!
      if (to === place.dead || age > farewell || age < 0) continue
      const zone = to === place.done ? done : dead
      if (zone === undefined) continue
      const spot = cellIn(zone, to === place.done ? atDone++ : atDead++, cell, head)
      if (spot === undefined) continue
      this.#context.globalAlpha = 1 - age / farewell
      this.#job(job, spot, true)
      this.#context.globalAlpha = 1
    }
  }

  #graveyard(): void {
    const { dead, cell, head } = this.#plan
    if (dead === undefined) return
    let index = 0
    for (const job of this.#film.dead) {
      const spot = cellIn(dead, index++, cell, head)
      if (spot === undefined) return
      this.#job(job, spot, true)
    }
  }

  #job(job: number, [toX, toY]: readonly [number, number], isSeen: boolean): readonly [number, number] {
    const xs = this.#xs
    const ys = this.#ys
    if (xs[job]! < 0) {
      xs[job] = this.#share === 1 ? toX : Math.max(0, toX - 14)
      ys[job] = toY
    }
    const x = xs[job]! + (toX - xs[job]!) * this.#share
    const y = ys[job]! + (toY - ys[job]!) * this.#share
    xs[job] = x
    ys[job] = y
    if (Math.abs(toX - x) + Math.abs(toY - y) > 0.5) this.#isSettled = false
    if (!isSeen) return [x, y]
    const { trace, places } = this.#film
    const look = this.#cast.looks[trace.classes[job]!]!
    const { size } = this.#sprites
    const sprite = this.#sprites.get(stateAt[places[job]!]!, look)
    this.#context.drawImage(sprite, x - size / 2, y - size / 2, size, size)
    return [x, y]
  }

  #lineOf(job: number): number {
    return this.#cast.lineOf[this.#film.trace.classes[job]!]!
  }
}
