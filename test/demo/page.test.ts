import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { serve } from '../../apps/demo/server/serve.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import { executablePath, openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
  if (executablePath !== undefined) site = await openSite()
})
afterAll(() => site?.close())
afterEach(() => expect(site?.complaints() ?? []).toEqual([]))

/** The machine may be busy with other things. */
const poll: typeof expect.poll = (ask) => expect.poll(ask, { timeout: 20_000 })

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(() =>
    (globalThis as never as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
  )
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
  )
}

/** With the answer open, so that all of the page is there. */
const queries = [
  '',
  ...lessons.map((lesson) =>
    lesson.kind === 'film'
      ? `?lesson=${lesson.id}&t=5`
      : `?lesson=${lesson.id}&deeds=enqueue~claimA~order&guess=-`,
  ),
]

describe.skipIf(executablePath === undefined)('the page', () => {
  test.for(['light', 'dark'] as const)(
    'has no fault that axe can find, and fits a phone, a desk and a wall, in %s',
    async (colorScheme) => {
      const page = await site.open('', { colorScheme })
      for (const query of queries) {
        await page.setViewportSize({ width: 1440, height: 900 })
        await page.goto(site.address + query)
        await page.waitForSelector(query === '' ? '.contents' : '.stage canvas, .state-map')
        await page.waitForTimeout(50)
        expect(await violations(page), query).toEqual([])
        for (const width of [360, 768, 1440, 3840]) {
          await page.setViewportSize({ width, height: 800 })
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
          expect(over, `${query} at ${width}`).toBeLessThanOrEqual(0)
        }
      }
      await page.context().close()
    },
  )

  test('can be used with the keyboard alone', async () => {
    const page = await site.open('?lesson=cliff')
    await page.waitForSelector('.world[data-hash]')
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement!.textContent!.trim())
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 60 && !(await focused()).startsWith(name); presses++)
        await page.keyboard.press('Tab')
      expect(await focused()).toContain(name)
    }
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the lesson')
    await page.keyboard.press('Enter')
    await tabTo('Play')
    await page.keyboard.press('Enter')
    await poll(() => page.locator('.play').textContent()).toBe('Pause')
    await page.keyboard.press('Space')
    await poll(() => page.locator('.play').textContent()).toBe('Play')
    await page.locator('.worlds').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await poll(() => page.locator('.summary').textContent()).toContain('running')
    await tabTo('That is my guess')
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.verdict')
    await page.context().close()
  })

  test('moves nothing by itself for those who asked for calm', async () => {
    const shots: Record<string, boolean> = {}
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const page = await site.open('?lesson=backpressure&t=30', { reducedMotion })
      await page.waitForSelector('.world[data-hash]')
      await page.waitForTimeout(400)
      const isSame = await page.evaluate(async () => {
        const canvas = document.querySelector('canvas')!
        const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()))
        const slider = document.querySelector<HTMLInputElement>('.scrub input')!
        slider.value = '31'
        slider.dispatchEvent(new Event('input', { bubbles: true }))
        await frame()
        await frame()
        const early = canvas.toDataURL()
        for (let count = 0; count < 40; count++) await frame()
        return early === canvas.toDataURL()
      })
      shots[reducedMotion] = isSame
      await page.context().close()
    }
    expect(shots).toEqual({ reduce: true, 'no-preference': false })
  })

  test('stands still while it cannot be seen', async () => {
    const page = await site.open('?lesson=cliff')
    await page.waitForSelector('.world[data-hash]')
    await page.getByRole('button', { name: 'Play' }).click()
    await page.evaluate(() => document.querySelector('.onward')!.scrollIntoView())
    await page.waitForTimeout(200)
    const clock = (): Promise<string | null> => page.locator('.clock').textContent()
    const before = await clock()
    await page.waitForTimeout(400)
    expect(await clock()).toBe(before)
    await page.context().close()
  })

  test('works without a network once it has been seen', async () => {
    const serving = await serve(site.folder, { port: 0 })
    const page = await site.open('')
    const other = await page.context().newPage()
    await other.goto(`${serving.address}?lesson=life`)
    await other.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await poll(() => other.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
    await serving.close()
    await other.goto(`${serving.address}?lesson=saga`)
    await other.locator('[data-deed="order"][aria-disabled="false"]').click()
    await poll(() => other.locator('[data-told]').textContent()).toContain('Three jobs were accepted')
    await page.context().close()
    expect(site.complaints().filter((text) => !text.includes(serving.address))).toEqual([])
  })
})

describe.skipIf(executablePath === undefined)('a budget:', () => {
  test('the first load stays below 150 kB', async () => {
    const page = await site.open('', { serviceWorkers: 'block' })
    const asked = new Set<string>()
    page.on('response', (response) => void asked.add(new URL(response.url()).pathname))
    await page.goto(`${site.address}?lesson=cliff`)
    await page.waitForSelector('.world[data-hash]')
    await page.context().close()
    const sizes = [...asked].map((path) => {
      const file = path.endsWith('/') ? `${path}index.html` : path
      return [file, gzipSync(readFileSync(join(site.folder, file))).length] as const
    })
    const total = sizes.reduce((sum, [, size]) => sum + size, 0)
    console.log(
      [...sizes, ['together', total] as const]
        .map(([file, size]) => `${(size / 1_000).toFixed(1).padStart(6)} kB  ${file}`)
        .join('\n'),
    )
    expect(total).toBeGreaterThan(50_000)
    expect(total).toBeLessThan(150_000)
    site.complaints()
  })

  test('five hundred moving jobs are drawn in time', async () => {
    const page = await site.open('?lesson=backpressure&load=200&t=50')
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
