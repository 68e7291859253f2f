import type { State } from '@millrace/core'
import { markOf, type Texture } from '../marks/marks.ts'

/** How one class of jobs looks. */
export interface Look {
  readonly label: string
  readonly texture: Texture
  /** The reader's own job. */
  readonly mine?: boolean
}

/** Marks drawn once and copied for each job: five hundred moving ones stay at sixty frames a second. */
export class Sprites {
  readonly size: number
  readonly #ratio: number
  readonly #colours: CSSStyleDeclaration
  readonly #made = new Map<string, HTMLCanvasElement>()

  /** `size` in CSS pixels. */
  constructor(element: Element, size: number, ratio: number) {
    this.size = size
    this.#ratio = ratio
    this.#colours = getComputedStyle(element)
  }

  colour(name: string): string {
    return this.#colours.getPropertyValue(`--${name}`).trim()
  }

  get(state: State, look: Look): HTMLCanvasElement {
    const key = `${state}/${look.texture}/${look.mine ?? false}`
    const made = this.#made.get(key)
    if (made !== undefined) return made
    const sprite = this.#draw(state, look)
    this.#made.set(key, sprite)
    return sprite
  }

  #draw(state: State, look: Look): HTMLCanvasElement {
    const sprite = document.createElement('canvas')
    const pixels = Math.ceil(this.size * this.#ratio)
    sprite.width = sprite.height = pixels
    const context = sprite.getContext('2d')!
    const { path, filled } = markOf[state]
    const shape = new Path2D(path)
    const colour = this.colour(`state-${state}`)
    // The box of 24 leaves room for a halo.
    context.scale(pixels / 24, pixels / 24)
    context.lineJoin = context.lineCap = 'round'
    if (look.mine === true) {
      context.strokeStyle = this.colour('ink')
      context.lineWidth = 5.5
      context.stroke(shape)
    }
    context.fillStyle = filled ? colour : this.colour('surface')
    context.strokeStyle = colour
    context.lineWidth = 2.2
    context.fill(shape)
    context.stroke(shape)
    if (filled) this.#texture(context, shape, look.texture)
    return sprite
  }

  #texture(context: CanvasRenderingContext2D, shape: Path2D, texture: Texture): void {
    const light = this.colour('surface')
    if (texture === 'hole') {
      context.fillStyle = light
      context.beginPath()
      context.arc(12, 12.5, 3.4, 0, 2 * Math.PI)
      context.fill()
    }
    if (texture !== 'stripes') return
    context.save()
    context.clip(shape)
    context.strokeStyle = light
    context.lineWidth = 2
    for (let x = -12; x < 36; x += 5.5) {
      context.beginPath()
      context.moveTo(x, 24)
      context.lineTo(x + 12, 0)
      context.stroke()
    }
    context.restore()
  }
}
