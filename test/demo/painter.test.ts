import { expect, test } from 'vitest'
import { record } from '../../apps/demo/src/kernel/record.ts'
import { valuesOf } from '../../apps/demo/src/lesson/values.ts'
import { cliff } from '../../apps/demo/src/lessons/cliff.ts'
import { Film } from '../../apps/demo/src/stage/film.ts'
import { Painter } from '../../apps/demo/src/stage/painter.ts'
import { cellIn, stagePlan } from '../../apps/demo/src/stage/plan.ts'
import type { Sprites } from '../../apps/demo/src/stage/sprites.ts'

const size = 20

/** A painter whose marks can be asked for: the middles of all that it drew last. */
function setup() {
  const world = cliff.worlds(valuesOf(cliff.settings, new URLSearchParams()), [])[1]!
  const film = new Film(record(world.scenario), world)
  const plan = stagePlan({ width: 500, lines: 1, workers: 4, backoff: false, losses: false, text: 16 })
  const drawn: (readonly [number, number])[] = []
  const context = new Proxy({} as Record<string, unknown>, {
    get: (_, name) =>
      name === 'drawImage'
        ? (_image: unknown, x: number, y: number) => drawn.push([x + size / 2, y + size / 2])
        : () => ({ width: 10 }),
    set: () => true,
  })
  const sprites = { size, colour: () => '', get: () => ({}) }
  const painter = new Painter(
    context as unknown as CanvasRenderingContext2D,
    sprites as unknown as Sprites,
    film,
    plan,
    world.cast,
  )
  const marksInLine = (elapsed: number): unknown => {
    drawn.length = 0
    painter.draw(elapsed, false)
    return drawn.slice(0, film.waiting.size)
  }
  const cells = (): unknown =>
    [...film.waiting].map((_, index) => cellIn(plan.lines[0]!, index, plan.cell, plan.head))
  return { film, painter, marksInLine, cells }
}

test('a moment that was jumped to is shown with every mark in its cell at once', () => {
  const { film, painter, marksInLine, cells } = setup()
  film.seek(70)
  expect(film.waiting.size).toBeGreaterThan(10)
  expect(marksInLine(0.016)).toEqual(cells())
  film.seek(40)
  painter.jump()
  expect(marksInLine(0.016)).toEqual(cells())
})

test('a moment that was played to lets the marks glide, and they come to rest in their cells', () => {
  const { film, marksInLine, cells } = setup()
  film.seek(69)
  marksInLine(0.016)
  film.seek(70)
  expect(marksInLine(0.016)).not.toEqual(cells())
  // Five seconds of drawing, of which the last are no more than a rest.
  for (let frame = 0; frame < 300; frame++) marksInLine(0.016)
  const [marks, places] = [marksInLine(0.016), cells()] as [number[][], number[][]]
  marks.forEach(([x, y], index) => {
    expect(x).toBeCloseTo(places[index]![0]!, 2)
    expect(y).toBeCloseTo(places[index]![1]!, 2)
  })
})
