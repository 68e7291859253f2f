import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { serve } from '../../apps/demo/server/serve.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import { barriers, overflow } from './barriers.ts'
import { eventually } from './eventually.ts'
import { press, tabTo } from './keyboard.ts'
import type { Site } from './site.ts'

/** With something to be seen on each stage, so that all of the page is there. */
const queries = [
  '',
  ...lessons.map(({ id, kind }) =>
    kind === 'film' ? `?lesson=${id}&t=5&fork=3~burst` : `?lesson=${id}&deeds=enqueue~claimA~order&guess=-`,
  ),
  'upload/',
]

const widths = [360, 768, 1440, 3840]

async function inspect(page: Page): Promise<readonly string[]> {
  const found = [...(await barriers(page))]
  await page.emulateMedia({ colorScheme: 'dark' })
  found.push(...(await barriers(page, 'color-contrast')).map((one) => `in the dark: ${one}`))
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    const over = await overflow(page)
    if (over > 0) found.push(`${over} pixels too wide at ${width}`)
  }
  // Text twice as large, on a phone that is as narrow as before.
  await page.setViewportSize({ width: 720, height: 800 })
  await page.evaluate(() => void (document.documentElement.style.fontSize = '200%'))
  const over = await overflow(page)
  if (over > 0) found.push(`${over} pixels too wide with large text`)
  return found
}

/** A frame of the clock's text after the other, until it has not moved for a quarter of a second. */
async function untilStill(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const clock = document.querySelector('.clock')!
    let text = ''
    let still = 0
    for (let frame = 0; frame < 300 && still < 20; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      still = clock.textContent === text ? still + 1 : 0
      text = clock.textContent
    }
    return still === 20
  })
}

/** What holds for the whole site. */
export function everyPage(site: () => Site): void {
  describe.concurrent('every page', () => {
    test.for(queries)(
      '%s has no fault that axe can find, and fits a phone, a desk and a wall',
      async (query) => {
        const page = await site().open(query, { colorScheme: 'light' })
        await page.waitForSelector(
          query === '' ? '.contents' : '[aria-busy="false"] canvas, .state-map, .drop',
        )
        expect(await inspect(page)).toEqual([])
        await page.context().close()
      },
    )

    test('leads the keyboard to its heart, and takes its keys', async () => {
      const page = await site().open('?lesson=cliff')
      await page.waitForSelector('.world[data-hash]')
      await press(page, 'Skip to the lesson')
      await press(page, 'Play')
      await eventually(() => page.locator('.play').textContent()).toBe('Pause')
      await page.keyboard.press('Space')
      await eventually(() => page.locator('.play').textContent()).toBe('Play')
      await tabTo(page, 'Stage', 'Shift+Tab')
      await page.keyboard.press('Home')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowRight')
      await eventually(() => page.locator('.summary').textContent()).toContain('1 running')
      await tabTo(page, 'That is my guess')
      await page.keyboard.press('Shift+Tab')
      const before = await page.locator('.guess-value').textContent()
      await page.keyboard.press('ArrowRight')
      expect(await page.locator('.guess-value').textContent()).not.toBe(before)
      await page.context().close()
    })

    test('moves nothing by itself for those who asked for calm', async () => {
      const moves = async (reducedMotion: 'reduce' | 'no-preference'): Promise<boolean> => {
        const page = await site().open('?lesson=backpressure&t=30', { reducedMotion })
        await page.waitForSelector('.world[data-hash]')
        const isMoving = await page.evaluate(async () => {
          const canvas = document.querySelector('canvas')!
          const frames = async (count: number): Promise<string> => {
            for (let frame = 0; frame < count; frame++)
              await new Promise((resolve) => requestAnimationFrame(resolve))
            return canvas.toDataURL()
          }
          for (let last = ''; last !== (last = await frames(10)););
          const slider = document.querySelector<HTMLInputElement>('.scrub input')!
          slider.value = '31'
          slider.dispatchEvent(new Event('input', { bubbles: true }))
          const early = await frames(2)
          return early !== (await frames(40))
        })
        await page.context().close()
        return isMoving
      }
      expect(await Promise.all([moves('reduce'), moves('no-preference')])).toEqual([false, true])
    })

    test('stands still while it cannot be seen', async () => {
      const page = await site().open('?lesson=cliff')
      await page.waitForSelector('.world[data-hash]')
      await page.getByRole('button', { name: 'Play' }).click()
      await page.waitForFunction(() => parseFloat(document.querySelector('.clock')!.textContent!) > 0.1)
      await page.evaluate(() => document.querySelector('.onward')!.scrollIntoView())
      expect(await untilStill(page)).toBe(true)
      expect(await page.locator('.play').textContent()).toBe('Pause')
      await page.context().close()
    })
  })

  describe('the site', () => {
    test('works without a network once it has been seen', async () => {
      const serving = await serve(site().folder, { port: 0 })
      const page = await site().open('')
      const other = await page.context().newPage()
      await other.goto(`${serving.address}?lesson=life`)
      await other.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      await eventually(() => other.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
      await serving.close()
      await other.goto(`${serving.address}?lesson=saga`)
      await other.locator('[data-deed="order"][aria-disabled="false"]').click()
      await eventually(() => other.locator('[data-told]').textContent()).toContain('Three jobs were accepted')
      await page.context().close()
      // Its own address is not the site's, which is complained of.
      expect(
        site()
          .complaints()
          .filter((text) => !text.includes(serving.address)),
      ).toEqual([])
    })

    test('is heard when it breaks its policy, asks somebody else, or throws', async () => {
      const page = await site().open('')
      await page.evaluate(() => {
        document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))
        void fetch('http://127.0.0.1:9/').catch(() => {})
        setTimeout(() => {
          throw new Error('planted')
        })
      })
      const heard: string[] = []
      await eventually(() => heard.push(...site().complaints()) && heard.join('\n')).toMatch(
        /(?=[^]*inline script)(?=[^]*connect-src)(?=[^]*planted)/,
      )
      await page.context().close()
      site().complaints()
    })
  })
}
