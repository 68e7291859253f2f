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

/** The deed, once it can be done. */
async function act(page: Page, deed: string, how: 'click' | 'tap' = 'click'): Promise<void> {
  await page.locator(`[data-deed="${deed}"][aria-disabled="false"]`)[how]()
}

/** One deed after the other with the keyboard alone, on or back from the one before. */
async function drive(page: Page, { groups }: HandLesson, path: readonly string[]): Promise<void> {
  await press(page, 'Skip to the lesson')
  const order = groups.flatMap(([, ids]) => ids)
  let last = ''
  for (const deed of path) {
    const button = page.locator(`[data-deed="${deed}"][aria-disabled="false"]`)
    const label = (await button.textContent())!
    await press(page, label, 'Enter', order.indexOf(deed) < order.indexOf(last) ? 'Shift+Tab' : 'Tab')
    last = deed
  }
}

/** Lessons in which single jobs are driven. */
export function drivenLessons(site: () => Site): void {
  describe.concurrent('a lesson to be driven', () => {
    test.for(hands)('$id: act, guess, see, share, with the keyboard alone', async (lesson) => {
      const [path, outcome] = deeds[lesson.id]!
      const page = await site().open(`?lesson=${lesson.id}`, small)
      await page.waitForSelector('[data-deed]')
      await drive(page, lesson, path)
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
      await press(page, 'A worker claims')
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
