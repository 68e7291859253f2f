import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import type { Report } from '@millrace/sim'
import { estimate } from '../../apps/demo/src/kernel/estimate.ts'
import { measure } from '../../apps/demo/src/kernel/measure.ts'
import { record } from '../../apps/demo/src/kernel/record.ts'
import { staff } from '../../apps/demo/src/kernel/staff.ts'
import { valuesOf } from '../../apps/demo/src/lesson/values.ts'
import { forked, readFork } from '../../apps/demo/src/lessons/fork.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import type { Answers, FilmLesson, Values } from '../../apps/demo/src/lessons/lesson.ts'
import { numberText, spreadText } from '../../apps/demo/src/lessons/number-text.ts'
import { Film } from '../../apps/demo/src/stage/film.ts'
import { eventually } from './eventually.ts'
import { press, small, tabTo } from './keyboard.ts'
import type { Site } from './site.ts'

const films = lessons.filter((lesson): lesson is FilmLesson => lesson.kind === 'film')

/** Another setting, an act, some time, a step, a fork: with the keyboard alone. */
async function playOn(page: Page, lesson: FilmLesson): Promise<void> {
  await press(page, 'Skip to the lesson')
  await tabTo(page, lesson.settings[0]!.label)
  await page.keyboard.press('ArrowUp')
  await press(page, lesson.action?.label ?? 'Play')
  await tabTo(page, 'Speed')
  await page.keyboard.type('20')
  await page.waitForFunction(() => parseFloat(document.querySelector('.clock')!.textContent!) > 6)
  await tabTo(page, 'Stage', 'Shift+Tab')
  await page.keyboard.press('k')
  await page.keyboard.press('ArrowRight')
  await press(page, 'Fork here')
  await page.waitForFunction(() => new URLSearchParams(location.search).has('t'))
}

/** What "Copy the link to this" copies. */
async function copyLink(page: Page): Promise<string> {
  await page.evaluate(() => {
    const writeText = (text: string): Promise<void> => {
      document.body.dataset.copied = text
      return Promise.resolve()
    }
    Object.assign(navigator.clipboard, { writeText })
  })
  await press(page, 'Copy the link to this')
  await page.waitForSelector('[data-copied]')
  return new URL((await page.locator('body').getAttribute('data-copied'))!).search
}

/** The kernel's own word for what the page should show at the moment in its address. */
function expectedWorlds(
  lesson: FilmLesson,
  query: URLSearchParams,
): readonly (Shown & { readonly words: string })[] {
  const acts = (query.get('act') ?? '').split('~').filter(Boolean).map(Number)
  const fork = readFork(lesson, query.get('fork'))!
  return forked(lesson, valuesOf(lesson.settings, query), acts, fork).map((world) => {
    const trace = record(world.scenario, world.fork)
    const film = new Film(trace, world)
    film.seek(Number(query.get('t')))
    return {
      label: world.label,
      hash: trace.hash,
      words: `${film.waiting.size} waiting, ${film.working} running`,
    }
  })
}

interface Shown {
  readonly label: string | null
  readonly hash: string | undefined
}

const worldsOf = (page: Page): Promise<readonly Shown[]> =>
  page
    .locator('.world')
    .evaluateAll((all) =>
      all.map((one) => ({ label: one.getAttribute('aria-label'), hash: (one as HTMLElement).dataset.hash })),
    )

export const summaryOf = (page: Page): Promise<string | null> => page.locator('.summary').textContent()

/** What the simulator found, as it counts here. */
async function answersOf(lesson: FilmLesson, values: Values): Promise<Answers> {
  const questions = lesson.questions(values)
  const reports: Report[] = []
  for (const { scenario, replications } of questions) reports.push(await measure(scenario, replications))
  const { objective } = lesson
  return {
    reports,
    plan: objective === undefined ? undefined : await staff(questions[0]!.scenario, objective),
    estimates: (lesson.estimates?.(values) ?? []).map(({ scenario, measure }) => estimate(scenario, measure)),
  }
}

/** The answer's table cell by cell: number, half-width, theory. */
function cellsOf(lesson: FilmLesson, answers: Answers, values: Values): Cells {
  return lesson
    .figures(answers, values)
    .map((world) =>
      world.map(({ value, ci, theory, unit }) => [
        numberText(value, unit),
        ...(ci === undefined ? [] : [spreadText(ci)]),
        ...(theory === undefined ? [] : [`theory ${numberText(theory, unit)}`]),
      ]),
    )
}

/** By world, by row, by part. */
type Cells = readonly (readonly (readonly (string | null)[])[])[]

function shownFigures(page: Page): Promise<Cells> {
  return page.locator('.figures').evaluate((table) => {
    const worlds: string[][][] = []
    for (const cell of table.querySelectorAll<HTMLElement>('[data-figure]')) {
      const [world, row] = cell.dataset.figure!.split('/').map(Number) as [number, number]
      worlds[world] ??= []
      worlds[world][row] = [...cell.children].map(({ textContent }) => textContent)
    }
    return worlds
  })
}

/** Lessons that watch the simulator. */
export function watchedLessons(site: () => Site): void {
  describe.concurrent('a lesson to be watched', () => {
    test.for(films)('$id: act, guess, see, share, with the keyboard alone', async (lesson) => {
      const page = await site().open(`?lesson=${lesson.id}&seed=7`, small)
      await page.waitForSelector('.world[data-hash]')
      expect(await page.getByRole('heading', { name: 'What the simulator found' }).count()).toBe(0)
      await playOn(page, lesson)
      const link = await copyLink(page)
      const query = new URLSearchParams(link)
      const expected = expectedWorlds(lesson, query)
      const shown = expected.map(({ label, hash }) => ({ label, hash }))
      // The film with what the reader did comes from the worker.
      await eventually(() => worldsOf(page)).toEqual(shown)
      for (const { words } of expected) await eventually(() => summaryOf(page)).toContain(words)
      const again = await site().open(link, small)
      await eventually(() => worldsOf(again)).toEqual(shown)
      await eventually(() => summaryOf(again)).toBe(await summaryOf(page))
      await again.context().close()

      if (lesson.prediction.choices !== undefined) {
        await tabTo(page, lesson.prediction.choices[0]![1])
        await page.keyboard.press('Space')
      }
      await press(page, 'That is my guess')
      await page.waitForSelector('.verdict[data-right]')
      const values = valuesOf(lesson.settings, query)
      const answers = await answersOf(lesson, values)
      expect(await shownFigures(page)).toEqual(cellsOf(lesson, answers, values))
      expect(await page.locator('.verdict').textContent()).toContain(lesson.verdict(answers, values).says)
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
      await eventually(async () => (await worldsOf(page))[1]!.label).toContain(
        'From 10.0 s: Load of the second world: 50 %',
      )
      const again = await site().open(new URL(page.url()).search)
      const lesson = films.find(({ id }) => id === 'cliff')!
      const expected = expectedWorlds(lesson, new URL(page.url()).searchParams)
      const shown = expected.map(({ label, hash }) => ({ label, hash }))
      expect(await worldsOf(page)).toEqual(shown)
      await eventually(() => worldsOf(again)).toEqual(shown)
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
      await page.evaluate(() => {
        const note = (): void => {
          if (document.querySelector('[aria-busy="true"] progress')) document.body.dataset.counted = ''
        }
        new MutationObserver(note).observe(document.body, { childList: true, subtree: true })
      })
      await page.getByRole('button', { name: 'Just show me' }).click()
      await page.waitForSelector('.verdict[data-right]')
      await page.waitForSelector('[data-counted]')
      expect(await page.locator('.counting').count()).toBe(0)
      await page.context().close()
    })
  })
}
