import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { afterEach, describe, expect, test } from 'vitest'
import { barriers, overflow } from './barriers.ts'
import { eventually } from './eventually.ts'
import { press } from './keyboard.ts'
import type { Site } from './site.ts'

const heading = (page: Page, text: string): Promise<void> =>
  page.getByRole('heading', { name: text }).waitFor()

async function server(page: Page, mood: string): Promise<void> {
  await Promise.all([
    page.waitForResponse((response) => response.url().includes(`is=${mood}`)),
    page.getByLabel('The server').selectOption(mood),
  ])
}

const row = (page: Page, name: string): ReturnType<Page['locator']> => page.locator(`[data-file="${name}"]`)

/** Opens a file's inside; answers what it says of one fact. */
async function fact(page: Page, name: string, term: string): Promise<string | null> {
  if ((await row(page, name).locator('.inside').count()) === 0)
    await row(page, name).getByText(`Inspect ${name}`).click()
  return row(page, name).locator(`[data-fact="${term}"]`).textContent()
}

async function under(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll<HTMLProgressElement>('[data-state=processing] progress')].some(
      ({ value }) => value > 0.2 && value < 0.8,
    ),
  )
}

/** Files of the full size at the server. */
function whole(site: Site): number {
  return readdirSync(site.arrivals)
    .map((name) => statSync(join(site.arrivals, name)))
    .filter(({ size }) => size === 2_000_000).length
}

/** The real runtime in the page, through its own controls. One after the other: the server has one mood for all. */
export function uploadLab(site: () => Site): void {
  describe('the upload lab', () => {
    // Cut lines and refusals are what these tests are about.
    afterEach(() => expect(site().complaints(/Failed to load resource|ERR_CONNECTION_RESET/)).toEqual([]))

    test('a tab that crashes in the middle loses nothing, and the crash is on record', async () => {
      const before = whole(site())
      const page = await site().open('upload/')
      await server(page, 'slow')
      await page.getByRole('button', { name: 'Make 5 files' }).click()
      await heading(page, 'On the way (5)')
      await under(page)
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: 'Crash this tab' }).click(),
      ])
      // The levers show what the server does, though the page is a new one.
      await eventually(() => page.getByLabel('The server').inputValue()).toBe('slow')
      await server(page, 'well')
      await heading(page, 'Arrived (5)')
      expect(whole(site()) - before).toBe(5)
      const crashes: number[] = []
      for (const n of [1, 2, 3, 4, 5]) crashes.push(Number(await fact(page, `sample-${n}.bin`, 'Crashes')))
      expect(Math.max(...crashes)).toBe(1)
      await page.context().close()
    })

    test('a second tab takes over what the first one had in hand', async () => {
      const page = await site().open('upload/')
      await server(page, 'slow')
      await page.getByRole('button', { name: 'Make 5 files' }).click()
      await under(page)
      const [second] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', { name: 'Open a second tab' }).click(),
      ])
      await heading(second, 'On the way')
      const mine = second.locator('[data-state=processing]').first()
      await mine.locator('summary').click()
      await eventually(() => mine.locator('.why').textContent()).toContain('another tab holds the lease')
      await page.close()
      await eventually(() => second.locator('[data-state=processing]').count()).toBeGreaterThan(0)
      await server(second, 'well')
      await heading(second, 'Arrived (5)')
      await second.context().close()
    })

    test('the inspector says why, groups what died, and sends it round again, alone and as a group', async () => {
      const page = await site().open('upload/')
      await server(page, 'refuses')
      await page.getByRole('button', { name: 'Make 5 files' }).click()
      await heading(page, 'Dead letters (5)')
      expect(await page.locator('[data-group]').count()).toBe(1)
      await row(page, 'sample-1.bin').getByText('Inspect').click()
      await eventually(() => row(page, 'sample-1.bin').locator('.why').textContent()).toContain(
        'it has ended',
      )
      expect(await row(page, 'sample-1.bin').locator('.log').textContent()).toContain('attempt 1:')
      await server(page, 'well')
      await page.getByRole('button', { name: 'Redrive sample-1.bin' }).click()
      await heading(page, 'Arrived (1)')
      expect(await fact(page, 'sample-1.bin', 'Sent round again')).toBe('1')
      await page.getByRole('button', { name: 'Discard sample-2.bin' }).click()
      await heading(page, 'Dead letters (3)')
      await page.getByRole('button', { name: 'Redrive all 3' }).click()
      await heading(page, 'Arrived (4)')
      await page.context().close()
    })

    test('by keyboard, on a phone, in both colours: wait, look inside, call off, go on', async () => {
      const page = await site().open('upload/', { viewport: { width: 360, height: 800 } })
      await press(page, 'Cut the line', 'Space')
      await press(page, 'Make 5 files')
      await heading(page, 'On the way (5)')
      await press(page, 'Inspect sample-3.bin')
      await eventually(() => page.locator('.why').textContent()).toMatch(
        /it is (due|next|running)|ahead of it/,
      )
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await barriers(page)).toEqual([])
      }
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      await press(page, 'Cancel sample-3.bin')
      await heading(page, 'Called off (1)')
      await press(page, 'Cut the line', 'Space')
      await press(page, 'Try now')
      await heading(page, 'Arrived (4)')
      await page.context().close()
    })
  })
}
