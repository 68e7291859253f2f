import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../apps/demo/src/kernel/measure.ts'
import { record } from '../../apps/demo/src/kernel/record.ts'
import { valuesOf } from '../../apps/demo/src/lesson/values.ts'
import { lessons } from '../../apps/demo/src/lessons/index.ts'
import type { FilmLesson, HandLesson } from '../../apps/demo/src/lessons/lesson.ts'
import { Film } from '../../apps/demo/src/stage/film.ts'
import { executablePath, openSite, type Site } from './site.ts'

/** The machine may be busy with other things. */
const poll: typeof expect.poll = (ask) => expect.poll(ask, { timeout: 20_000 })

const films = lessons.filter((lesson): lesson is FilmLesson => lesson.kind === 'film')
const hands = lessons.filter((lesson): lesson is HandLesson => lesson.kind === 'hand')

/** What a reader does in a lesson by hand, and a word of what comes of it. */
const deeds: Readonly<Record<string, readonly [deeds: readonly string[], told: RegExp]>> = {
  life: [['enqueue', 'claim', 'silent', 'wait', 'wait', 'claim'], /Attempt 2, fencing token 3/],
  delivery: [['claimA', 'chargeA', 'crash', 'wait', 'wait', 'claimB', 'chargeB'], /charged again/],
  saga: [['order', 'ok', 'ok', 'forGood', 'ok', 'ok'], /refund: done/],
}

let site: Site
beforeAll(async () => {
  if (executablePath !== undefined) site = await openSite()
})
afterAll(() => site?.close())
afterEach(() => expect(site?.complaints() ?? []).toEqual([]))

async function playOn(page: Page, lesson: FilmLesson): Promise<void> {
  if (lesson.action === undefined) await page.getByRole('button', { name: 'Play' }).click()
  else await page.getByRole('button', { name: lesson.action.label }).click()
  await page.getByLabel('Speed').selectOption('20')
  await page.waitForFunction(() => parseFloat(document.querySelector('.clock')!.textContent!) > 6)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.waitForFunction(() => new URLSearchParams(location.search).has('t'))
}

/** The kernel's own word for what the page should show at the moment in its address. */
function expectedWords(
  lesson: FilmLesson,
  url: string,
): readonly { readonly hash: string; readonly words: string }[] {
  const query = new URL(url).searchParams
  const acts = (query.get('act') ?? '').split('~').filter(Boolean).map(Number)
  return lesson.worlds(valuesOf(lesson.settings, query), acts).map((world) => {
    const trace = record(world.scenario)
    const film = new Film(trace, world.workers)
    film.seek(Number(query.get('t')))
    return { hash: trace.hash, words: `${film.waiting.size} waiting, ${film.working} running` }
  })
}

async function guess(page: Page): Promise<void> {
  const form = page.locator('.predict form')
  const first = form.getByRole('radio').first()
  if ((await first.count()) > 0) await first.check()
  await form.getByRole('button', { name: 'That is my guess' }).click()
  await page.waitForSelector('.verdict[data-right]')
}

describe.skipIf(executablePath === undefined)('a lesson to be watched', () => {
  test.for(films)('$id: act, guess, see, share', async (lesson) => {
    const page = await site.open(`?lesson=${lesson.id}&seed=7`)
    await page.waitForSelector('.world[data-hash]')
    expect(await page.getByRole('heading', { name: 'What the kernel found' }).count()).toBe(0)
    await playOn(page, lesson)
    const expected = expectedWords(lesson, page.url())
    const hashes = (): Promise<readonly unknown[]> =>
      page.locator('.world').evaluateAll((worlds) => worlds.map((one) => (one as HTMLElement).dataset.hash))
    // The film with what the reader did comes from the worker.
    await poll(hashes).toEqual(expected.map(({ hash }) => hash))
    for (const { words } of expected)
      await poll(() => page.locator('.summary').textContent()).toContain(words)
    const summary = await page.locator('.summary').textContent()

    await guess(page)
    await page.waitForSelector('[data-figure="0/0"]')
    const query = new URL(page.url()).searchParams
    const values = valuesOf(lesson.settings, query)
    const shown = Number(await page.locator('[data-figure="0/0"]').getAttribute('data-value'))
    if (lesson.estimates === undefined) {
      const reports = await Promise.all(
        lesson.questions(values).map(({ scenario, replications }) => measure(scenario, replications)),
      )
      const figures = lesson.figures({ reports, plan: undefined, estimates: [] }, values)
      expect(shown).toBe(figures[0]![0]!.value)
    } else expect(shown).toBeGreaterThan(0)

    const again = await site.open(new URL(page.url()).search)
    await again.waitForSelector('.verdict[data-right]')
    await poll(() => again.locator('.summary').textContent()).toBe(summary)
    expect(await again.locator('.verdict').textContent()).toBe(await page.locator('.verdict').textContent())
    await page.context().close()
    await again.context().close()
  })

  test('a fork keeps the past and changes the future, and its link keeps both', async () => {
    const page = await site.open('?lesson=cliff&t=10')
    await page.waitForSelector('.world[data-hash]')
    await page.getByRole('button', { name: 'Fork here' }).click()
    await expect
      .poll(() => page.locator('.world-name').nth(1).textContent())
      .toContain('From 10.0 s: forty more')
    const numbers = async (): Promise<readonly string[]> =>
      [...(await page.locator('.summary').textContent())!.matchAll(/(\d+ waiting, \d+ running)/g)].map(
        ([one]) => one!,
      )
    await page.getByRole('button', { name: 'One step back' }).click()
    await poll(async () => new Set(await numbers()).size).toBe(1)
    await page.getByRole('slider', { name: 'Time', exact: true }).fill('12')
    await poll(async () => new Set(await numbers()).size).toBe(2)
    await page.context().close()
  })

  test('the reader’s own photo is turned away or waits within the request, and is accepted at once through a queue', async () => {
    const page = await site.open('?lesson=request&act=4&t=4.2')
    await poll(() => page.locator('[data-mine]').count()).toBe(2)
    expect(await page.locator('[data-mine]').nth(1).textContent()).toContain('answered at once')
    await page.getByRole('slider', { name: 'Time', exact: true }).fill('40')
    await poll(() => page.locator('[data-mine]').nth(1).getAttribute('data-mine')).toBe('done')
    await page.context().close()
  })
})

describe.skipIf(executablePath === undefined)('a lesson to be driven', () => {
  test.for(hands)('$id: act, guess, see, share', async (lesson) => {
    const [path, told] = deeds[lesson.id]!
    const page = await site.open(`?lesson=${lesson.id}`)
    for (const deed of path) await page.locator(`[data-deed="${deed}"][aria-disabled="false"]`).click()
    await poll(() => page.locator('[data-told]').textContent()).toMatch(told)
    await guess(page)
    const right = await page.locator('.verdict').getAttribute('data-right')
    expect(lesson.prediction.choices!.map(([id]) => id)).toContain(right)
    const tally = await page.locator('.tally').textContent()

    const again = await site.open(new URL(page.url()).search)
    await poll(() => again.locator('[data-told]').textContent()).toMatch(told)
    await poll(() => again.locator('.tally').textContent()).toBe(tally)
    await again.waitForSelector('.verdict[data-right]')
    expect(await again.locator('.verdict').textContent()).toBe(await page.locator('.verdict').textContent())
    await page.context().close()
    await again.context().close()
  })

  test('what cannot be done now does nothing, and says why', async () => {
    const page = await site.open('?lesson=life')
    const claim = page.locator('[data-deed="claim"]')
    await poll(() => claim.getAttribute('title')).toContain('nothing is ready')
    await claim.dispatchEvent('click')
    expect(new URL(page.url()).searchParams.get('deeds')).toBeNull()
    await page.context().close()
  })

  test('the key saves the card, the token saves the record', async () => {
    const night = 'claimA~chargeA~sleep~wait~wait~claimB~chargeB~writeB~reportB~wake~writeA'
    const tallies: Record<string, string | null> = {}
    for (const guard of ['none', 'key', 'fence']) {
      const page = await site.open(`?lesson=delivery&guard=${guard}&deeds=${night}`)
      await page.waitForSelector('[data-tally="charges"]')
      const one = (name: string): Promise<string | null> =>
        page.locator(`[data-tally="${name}"]`).textContent()
      tallies[guard] = `${await one('charges')} charged, ${await one('stale')} stale`
      await page.context().close()
    }
    expect(tallies).toEqual({
      none: '2 charged, 1 stale',
      key: '1 charged, 1 stale',
      fence: '1 charged, 0 stale',
    })
  })

  test('something else done at an earlier step is a fork, and the other branch is kept', async () => {
    const page = await site.open('?lesson=life&deeds=enqueue~claim~complete')
    await poll(() => page.locator('[data-told]').textContent()).toContain('is done')
    await page.getByRole('button', { name: 'One step back' }).click()
    await page.locator('[data-deed="fail"][aria-disabled="false"]').click()
    await poll(() => page.locator('[data-told]').textContent()).toContain('Failure 1 of 3')
    await page.getByRole('button', { name: 'Go to the other branch' }).click()
    await poll(() => page.locator('[data-told]').textContent()).toContain('is done')
    await page.context().close()
  })
})
