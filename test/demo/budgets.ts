import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Site } from './site.ts'

/** What the site may cost; measured one after the other, with the machine to themselves as far as it goes. */
export function budgets(site: () => Site): void {
  describe('a budget:', () => {
    test('the first load stays below 150 kB', async () => {
      const page = await site().open('', { serviceWorkers: 'block' })
      const asked = new Set<string>()
      page.on('response', (response) => void asked.add(new URL(response.url()).pathname))
      await page.goto(`${site().address}?lesson=cliff`)
      await page.waitForSelector('.world[data-hash]')
      await page.context().close()
      const sizes = [...asked].map((path) => {
        const file = path.endsWith('/') ? `${path}index.html` : path
        return [file, gzipSync(readFileSync(join(site().folder, file))).length] as const
      })
      const total = sizes.reduce((sum, [, size]) => sum + size, 0)
      console.log(
        [...sizes, ['together', total] as const]
          .map(([file, size]) => `${(size / 1_000).toFixed(1).padStart(6)} kB  ${file}`)
          .join('\n'),
      )
      expect(total).toBeGreaterThan(50_000)
      expect(total).toBeLessThan(150_000)
    })

    test('five hundred moving jobs are drawn in time', async () => {
      const page = await site().open('?lesson=backpressure&load=200&t=50')
      await page.waitForSelector('.world[data-hash]')
      await page.getByRole('button', { name: 'Play' }).click()
      const { intervals, busy, waiting } = await page.evaluate(async () => {
        const intervals: number[] = []
        const busy: number[] = []
        let last = performance.now()
        for (let count = 0; count < 120; count++) {
          await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()))
          const now = performance.now()
          intervals.push(now - last)
          last = now
          // A message comes after all drawing of this frame.
          await new Promise<void>((resolve) => {
            const { port1, port2 } = new MessageChannel()
            port1.onmessage = () => resolve()
            port2.postMessage(0)
          })
          busy.push(performance.now() - now)
        }
        return { intervals, busy, waiting: document.querySelector('.summary')!.textContent! }
      })
      const at = (values: number[], share: number): number =>
        values.sort((a, b) => a - b)[Math.floor(values.length * share)]!
      console.log(
        `frames: every ${at(intervals, 0.5).toFixed(1)} ms, one in twenty after ${at(intervals, 0.95).toFixed(1)} ms; work in each ${at(busy, 0.5).toFixed(1)} ms, one in twenty ${at(busy, 0.95).toFixed(1)} ms; ${waiting}`,
      )
      expect(Number(/(\d+) waiting/.exec(waiting)![1])).toBeGreaterThan(500)
      expect(at(busy, 0.5)).toBeLessThan(16)
      await page.context().close()
    })
  })
}
