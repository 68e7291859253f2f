import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { measure } from '../../apps/demo/src/kernel/measure.ts'
import { record } from '../../apps/demo/src/kernel/record.ts'
import { valuesOf } from '../../apps/demo/src/lesson/values.ts'
import { forked, readFork } from '../../apps/demo/src/lessons/fork.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import type { FilmLesson } from '../../apps/demo/src/lessons/lesson.ts'
import { Film } from '../../apps/demo/src/stage/film.ts'
import { eventually } from './eventually.ts'
import { press, small, tabTo } from './keyboard.ts'
import type { Site } from './site.ts'

const films = lessons.filter((lesson): lesson is FilmLesson => lesson.kind === 'film')

/** Acts and lets time pass, with the keyboard alone. */
async function playOn(page: Page, lesson: FilmLesson): Promise<void> {
  await press(page, 'Skip to the lesson')
  await press(page, lesson.action?.label ?? 'Play')
  await tabTo(page, 'Speed')
  await page.keyboard.type('20')
  await page.waitForFunction(() => parseFloat(document.querySelector('.clock')!.textContent!) > 6)
  await page.locator('.worlds').focus()
  await page.keyboard.press('k')
  await page.waitForFunction(() => new URLSearchParams(location.search).has('t'))
}

/** The kernel's own word for what the page should show at the moment in its address. */
function expectedWords(
  lesson: FilmLesson,
  query: URLSearchParams,
): readonly { readonly hash: string; readonly words: string }[] {
  const acts = (query.get('act') ?? '').split('~').filter(Boolean).map(Number)
  return lesson.worlds(valuesOf(lesson.settings, query), acts).map((world) => {
    const trace = record(world.scenario)
    const film = new Film(trace, world)
    film.seek(Number(query.get('t')))
    return { hash: trace.hash, words: `${film.waiting.size} waiting, ${film.working} running` }
  })
}

export const summaryOf = (page: Page): Promise<string | null> => page.locator('.summary').textContent()

/** The first figure of the answer, as the kernel counts it here. */
async function figureOf(lesson: FilmLesson, query: URLSearchParams): Promise<number | undefined> {
  if (lesson.estimates !== undefined) return undefined
  const values = valuesOf(lesson.settings, query)
  const { scenario, replications } = lesson.questions(values)[0]!
  const reports = [await measure(scenario, replications)]
  return lesson.figures({ reports, plan: undefined, estimates: [] }, values)[0]![0]!.value
}

/** Lessons that watch the simulator. */
export function watchedLessons(site: () => Site): void {
  describe.concurrent('a lesson to be watched', () => {
    test.for(films)('$id: act, guess, see, share, with the keyboard alone', async (lesson) => {
      const page = await site().open(`?lesson=${lesson.id}&seed=7`, small)
      await page.waitForSelector('.world[data-hash]')
      expect(await page.getByRole('heading', { name: 'What the simulator found' }).count()).toBe(0)
      await playOn(page, lesson)
      const query = new URL(page.url()).searchParams
      const expected = expectedWords(lesson, query)
      const hashes = (): Promise<readonly unknown[]> =>
        page.locator('.world').evaluateAll((worlds) => worlds.map((one) => (one as HTMLElement).dataset.hash))
      // The film with what the reader did comes from the worker.
      await eventually(hashes).toEqual(expected.map(({ hash }) => hash))
      for (const { words } of expected) await eventually(() => summaryOf(page)).toContain(words)
      const summary = await summaryOf(page)

      if (lesson.prediction.choices !== undefined) {
        await tabTo(page, lesson.prediction.choices[0]![1])
        await page.keyboard.press('Space')
      }
      await press(page, 'That is my guess')
      const again = await site().open(new URL(page.url()).search, small)
      await eventually(() => summaryOf(again)).toBe(summary)
      expect(await again.locator('.predict').textContent()).toContain('You said')
      await again.context().close()

      const counted = await figureOf(lesson, query)
      await page.waitForSelector('.verdict[data-right]')
      const shown = Number(await page.locator('[data-figure="0/0"]').getAttribute('data-value'))
      if (counted === undefined) expect(shown).toBeGreaterThan(0)
      else expect(shown).toBe(counted)
      await page.context().close()
    })

    test('the link of an answer shows the same answer', async () => {
      const verdicts = await Promise.all(
        [1, 2].map(async () => {
          const page = await site().open('?lesson=retries&seed=4&guess=30')
          await page.waitForSelector('.verdict[data-right]')
          const verdict = await page.locator('.verdict').textContent()
          await page.context().close()
          return verdict
        }),
      )
      expect(verdicts[0]).toMatch(/^(Too|Very)/)
      expect(verdicts[1]).toBe(verdicts[0])
    })

    test('a fork keeps the past and changes the future, and its link keeps both', async () => {
      const page = await site().open('?lesson=cliff&t=10')
      await page.waitForSelector('.world[data-hash]')
      await page.getByRole('button', { name: 'Fork here' }).click()
      await eventually(() => page.locator('.world-name').nth(1).textContent()).toContain(
        'From 10.0 s: forty more',
      )
      const numbers = async (): Promise<readonly string[]> =>
        [...(await summaryOf(page))!.matchAll(/(\d+ waiting, \d+ running)/g)].map(([one]) => one!)
      await page.getByRole('button', { name: 'One step back' }).click()
      await eventually(async () => new Set(await numbers()).size).toBe(1)
      await page.getByRole('slider', { name: 'Time', exact: true }).fill('12')
      await eventually(async () => new Set(await numbers()).size).toBe(2)
      await page.context().close()
    })

    test('at a fork a setting changes, and the link of it shows the same two worlds', async () => {
      const page = await site().open('?lesson=cliff&t=10')
      await page.waitForSelector('.world[data-hash]')
      await page.getByLabel('What is different from here on').selectOption('load')
      await page.locator('.fork').getByRole('slider').fill('50')
      await page.getByRole('button', { name: 'Fork here' }).click()
      const worlds = (of: Page): Promise<readonly string[]> =>
        of
          .locator('.world')
          .evaluateAll((all) =>
            all.map((one) => `${one.getAttribute('aria-label')} ${(one as HTMLElement).dataset.hash}`),
          )
      await eventually(async () => (await worlds(page))[1]).toContain(
        'From 10.0 s: Load of the second world: 50 %',
      )
      const again = await site().open(new URL(page.url()).search)
      const lesson = films.find(({ id }) => id === 'cliff')!
      const query = new URL(page.url()).searchParams
      const fork = readFork(lesson, query.get('fork'))!
      const expected = forked(lesson, valuesOf(lesson.settings, query), [], fork).map(
        (world) => `${world.label} ${record(world.scenario, world.fork).hash}`,
      )
      expect(await worlds(page)).toEqual(expected)
      await eventually(() => worlds(again)).toEqual(expected)
      await page.context().close()
      await again.context().close()
    })

    test('the reader’s own photo is turned away or waits within the request, and is accepted at once through a queue', async () => {
      const page = await site().open('?lesson=request&act=4&t=4.2')
      await eventually(() => page.locator('[data-mine]').count()).toBe(2)
      expect(await page.locator('[data-mine]').nth(1).textContent()).toContain('answered at once')
      await page.getByRole('slider', { name: 'Time', exact: true }).fill('40')
      await eventually(() => page.locator('[data-mine]').nth(1).getAttribute('data-mine')).toBe('done')
      await page.context().close()
    })

    test('with a finger, on a phone: play, scrub, guess', async () => {
      const phone = { hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } }
      const page = await site().open('?lesson=priorities', phone)
      await page.waitForSelector('.world[data-hash]')
      await page.getByRole('button', { name: 'Play' }).tap()
      await page.waitForFunction(() => parseFloat(document.querySelector('.clock')!.textContent!) > 0.5)
      const slider = page.getByRole('slider', { name: 'Time', exact: true })
      await slider.scrollIntoViewIfNeeded()
      const { x, y, width, height } = (await slider.boundingBox())!
      await page.touchscreen.tap(x + width / 2, y + height / 2)
      await eventually(() => summaryOf(page)).toMatch(/at (29|3[01])\.\d s/)
      await page.getByRole('button', { name: 'That is my guess' }).tap()
      await page.waitForSelector('.verdict[data-right]')
      await page.context().close()
    })

    test('what the kernel is at work on is said, and never a dead page', async () => {
      const page = await site().open('', { serviceWorkers: 'block' })
      let letGo = (): void => {}
      const held = new Promise<void>((resolve) => (letGo = resolve))
      await page.route('**/kernel.worker-*', async (route) => {
        await held
        await route.continue()
      })
      await page.goto(`${site().address}?lesson=priorities`)
      await page.waitForSelector('.stage[aria-busy="true"] .recording:has-text("at work")')
      letGo()
      await page.waitForSelector('.stage[aria-busy="false"] .world[data-hash]')
      await page.getByRole('button', { name: 'Just show me' }).click()
      await page.waitForSelector('[aria-busy="true"] progress')
      await page.waitForSelector('.verdict[data-right]')
      expect(await page.locator('.counting').count()).toBe(0)
      await page.context().close()
    })
  })
}
