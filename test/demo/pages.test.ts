import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { budgets } from './budgets.ts'
import { drivenLessons } from './driven-lessons.ts'
import { everyPage } from './every-page.ts'
import { executablePath, openSite, type Site } from './site.ts'
import { uploadFaults } from './upload-faults.ts'
import { uploadLab } from './upload-lab.ts'
import { watchedLessons } from './watched-lessons.ts'

/** One build, one server and one browser for all that is to be seen of the site. */
describe.skipIf(executablePath === undefined)('the demo in Chromium', () => {
  let opened: Site | undefined
  const site = (): Site => opened!
  beforeAll(async () => {
    opened = await openSite()
  })
  afterAll(() => opened?.close())
  afterEach(() => expect(site().complaints()).toEqual([]))

  budgets(site)
  watchedLessons(site)
  drivenLessons(site)
  everyPage(site)
  uploadLab(site)
  uploadFaults(site)
})
