import { describe, expect, test } from 'vitest'
import { barriers, overflow } from './barriers.ts'
import { eventually } from './eventually.ts'
import { press } from './keyboard.ts'
import { choose, expectArrival, fact, heading, midway, row, setServer, visitLab } from './lab-visit.ts'
import type { Site } from './site.ts'

const names = ['a.bin', 'b.bin', 'c.bin', 'd.bin', 'e.bin']

/** The real runtime in the page, through its own controls. */
export function uploadLab(site: () => Site): void {
  describe.concurrent('the upload lab', () => {
    test('a reload in the middle goes on where the server is, and costs no attempt', async () => {
      await using visit = await visitLab(site())
      const { page } = visit
      await setServer(page, 'slow')
      const sent = await choose(page, names)
      await midway(page)
      await page.reload()
      await setServer(page, 'well')
      await expectArrival(visit, sent)
      for (const name of names)
        expect([await fact(page, name, 'Failures'), await fact(page, name, 'Crashes')]).toEqual(['0', '0'])
    })

    test('a tab that crashes in the middle loses nothing, and the crash is on record', async () => {
      await using visit = await visitLab(site())
      const { page } = visit
      await setServer(page, 'slow')
      const sent = await choose(page, names)
      await heading(page, 'On the way (5)')
      await midway(page)
      await Promise.all([
        page.waitForEvent('load'),
        page.getByRole('button', { name: 'Crash this tab' }).click(),
      ])
      // The levers show what the server does, though the page is a new one.
      await eventually(() => page.getByLabel('The server').inputValue()).toBe('slow')
      await setServer(page, 'well')
      await expectArrival(visit, sent)
      const crashes: number[] = []
      for (const name of names) crashes.push(Number(await fact(page, name, 'Crashes')))
      expect(Math.max(...crashes)).toBe(1)
    })

    test('a second tab takes over what the first one had in hand', async () => {
      await using visit = await visitLab(site())
      const first = visit.page
      await setServer(first, 'slow')
      const sent = await choose(first, names)
      await midway(first)
      const [second] = await Promise.all([
        first.context().waitForEvent('page'),
        first.getByRole('link', { name: 'Open a second tab' }).click(),
      ])
      visit.page = second
      await heading(second, 'On the way')
      const mine = second.locator('[data-state=processing]').first()
      await mine.locator('summary').click()
      await eventually(() => mine.locator('.why').textContent()).toContain('another tab holds the lease')
      await first.close()
      await eventually(() => second.locator('[data-state=processing]').count()).toBeGreaterThan(0)
      await setServer(second, 'well')
      await expectArrival(visit, sent)
    })

    test('the inspector says why, groups what died, and sends it round again, alone and as a group', async () => {
      await using visit = await visitLab(site())
      const { page } = visit
      await setServer(page, 'refuses')
      await page.getByRole('button', { name: 'Make 5 files' }).click()
      await heading(page, 'Dead letters (5)')
      expect(await page.locator('[data-group]').count()).toBe(1)
      await row(page, 'sample-1.bin').getByText('Inspect').click()
      await eventually(() => row(page, 'sample-1.bin').locator('.why').textContent()).toContain(
        'it has ended',
      )
      expect(await row(page, 'sample-1.bin').locator('.log').textContent()).toContain('attempt 1:')
      await setServer(page, 'well')
      await page.getByRole('button', { name: 'Redrive sample-1.bin' }).click()
      await heading(page, 'Arrived (1)')
      expect(await fact(page, 'sample-1.bin', 'Sent round again')).toBe('1')
      await page.getByRole('button', { name: 'Discard sample-2.bin' }).click()
      await heading(page, 'Dead letters (3)')
      await page.getByRole('button', { name: 'Redrive all 3' }).click()
      await heading(page, 'Arrived (4)')
    })

    test('by keyboard, on a phone, in both colours: wait, look inside, call off, go on', async () => {
      await using visit = await visitLab(site(), { viewport: { width: 360, height: 800 } })
      const { page } = visit
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
    })
  })
}
