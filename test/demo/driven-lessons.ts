import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import type { HandLesson } from '../../apps/demo/src/lessons/lesson.ts'
import { eventually } from './eventually.ts'
import { press, small, tabTo } from './keyboard.ts'
import type { Site } from './site.ts'

const hands = lessons.filter((lesson): lesson is HandLesson => lesson.kind === 'hand')

/** What a reader does, and a word of what comes of it. */
const deeds: Readonly<Record<string, readonly [deeds: readonly string[], told: RegExp]>> = {
  life: [['enqueue', 'claim', 'silent', 'wait', 'wait', 'claim'], /Attempt 2, fencing token 3/],
  delivery: [['claimA', 'chargeA', 'crash', 'wait', 'wait', 'claimB', 'chargeB'], /charged again/],
  saga: [['order', 'ok', 'ok', 'forGood', 'ok', 'ok'], /refund: done/],
}

const told = (page: Page): Promise<string | null> => page.locator('[data-told]').textContent()

/** By finger, by mouse, or by focus and Enter: the deed, once it can be done. */
async function act(page: Page, deed: string, how: 'click' | 'tap' | 'key' = 'click'): Promise<void> {
  const button = page.locator(`[data-deed="${deed}"][aria-disabled="false"]`)
  if (how === 'key') await button.press('Enter')
  else await button[how]()
}

/** Lessons in which single jobs are driven. */
export function drivenLessons(site: () => Site): void {
  describe.concurrent('a lesson to be driven', () => {
    test.for(hands)('$id: act, guess, see, share, with the keyboard alone', async (lesson) => {
      const [path, outcome] = deeds[lesson.id]!
      const page = await site().open(`?lesson=${lesson.id}`, small)
      await page.waitForSelector('[data-deed]')
      const first = (await page.locator(`[data-deed="${path[0]}"]`).textContent())!
      await press(page, 'Skip to the lesson')
      await press(page, first)
      for (const deed of path.slice(1)) await act(page, deed, 'key')
      await eventually(() => told(page)).toMatch(outcome)
      await tabTo(page, lesson.prediction.choices![0]![1])
      await page.keyboard.press('Space')
      await press(page, 'That is my guess')
      await page.waitForSelector('.verdict[data-right]')
      const right = await page.locator('.verdict').getAttribute('data-right')
      const answer = lesson.prediction.choices!.find(([id]) => id === right)![1]
      expect(await page.locator('.verdict').textContent()).toContain(answer)
      const tally = await page.locator('.tally').textContent()

      const again = await site().open(new URL(page.url()).search)
      await eventually(() => told(again)).toMatch(outcome)
      await eventually(() => again.locator('.tally').textContent()).toBe(tally)
      await again.waitForSelector('.verdict[data-right]')
      expect(await again.locator('.verdict').textContent()).toBe(await page.locator('.verdict').textContent())
      await page.context().close()
      await again.context().close()
    })

    test('what cannot be done now does nothing, and says why', async () => {
      const page = await site().open('?lesson=life')
      const claim = page.locator('[data-deed="claim"]')
      await eventually(() => claim.getAttribute('title')).toContain('nothing is ready')
      await claim.press('Enter')
      await eventually(() => page.locator('.hint').textContent()).toContain('nothing is ready')
      expect(new URL(page.url()).searchParams.get('deeds')).toBeNull()
      await page.context().close()
    })

    test('the key saves the card, the token saves the record', async () => {
      const night = 'claimA~chargeA~sleep~wait~wait~claimB~chargeB~writeB~reportB~wake~writeA'
      const page = await site().open(`?lesson=delivery&guard=none&deeds=${night}`)
      const tallies = async (): Promise<readonly (string | null)[]> =>
        Promise.all(['charges', 'stale'].map((name) => page.locator(`[data-tally="${name}"]`).textContent()))
      await eventually(tallies).toEqual(['2', '1'])
      await page.getByLabel('What guards the effects').selectOption('key')
      await eventually(tallies).toEqual(['1', '1'])
      await page.getByLabel('What guards the effects').selectOption('fence')
      await eventually(tallies).toEqual(['1', '0'])
      await page.context().close()
    })

    test('something else done at an earlier step is a fork, and the other branch is kept', async () => {
      const page = await site().open('?lesson=life&deeds=enqueue~claim~complete')
      await eventually(() => told(page)).toContain('is done')
      await page.getByRole('button', { name: 'One step back' }).click()
      await act(page, 'fail')
      await eventually(() => told(page)).toContain('Failure 1 of 3')
      await page.getByRole('button', { name: 'Go to the other branch' }).click()
      await eventually(() => told(page)).toContain('is done')
      await page.context().close()
    })

    test('with a finger, on a phone: dead letters go round again, alone and as a group, and the link keeps it', async () => {
      const phone = { hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } }
      const page = await site().open('?lesson=retries', phone)
      for (const deed of ['mend', 'one', 'work', 'group', 'work', 'discard']) await act(page, deed, 'tap')
      await eventually(() => page.locator('[data-tally="sent"]').textContent()).toBe('3')
      await eventually(() => page.locator('.goals [data-reached="true"]').count()).toBe(3)
      const again = await site().open(new URL(page.url()).search)
      await eventually(() => again.locator('[data-tally="sent"]').textContent()).toBe('3')
      await page.context().close()
      await again.context().close()
    })
  })
}
